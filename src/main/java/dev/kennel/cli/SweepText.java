package dev.kennel.cli;

import dev.kennel.config.SweepCandidate;
import dev.kennel.config.SweepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A sweep before it begins: its candidates and rounds, as text. */
final class SweepText {
  private SweepText() {}

  static String of(SweepPlan plan) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Sweep %s: %d trainings of %s%d epochs in all, by %s of the images for validation%n"
            .formatted(
                plan.name(),
                plan.trainings(),
                plan.areEpochsEqual() ? "" : "at most ",
                plan.mostEpochs(),
                plan.measure().name().toLowerCase(Locale.ROOT)));
    plan.candidates()
        .forEach((network, candidates) -> text.append(ofNetwork(plan, network, candidates)));
    return text.toString();
  }

  private static String ofNetwork(SweepPlan plan, String network, List<SweepCandidate> candidates) {
    List<String> rounds = new ArrayList<>();
    List<Integer> trainings = plan.trainings(network);
    for (int round = 0; round < trainings.size(); round++) {
      if (trainings.get(round) > 0) {
        rounds.add(
            "%d for %s".formatted(trainings.get(round), SweepPlan.count(plan.epochs().get(round))));
      }
    }
    int same = plan.told() - candidates.size();
    StringBuilder text =
        new StringBuilder(
            "%s: %s%s%s%n"
                .formatted(
                    network,
                    String.join(", then ", rounds),
                    plan.areEpochsEqual() ? "" : ", or that share of their own epochs",
                    same == 0 ? "" : "; %d more candidates are the same for it".formatted(same)));
    candidates.forEach(
        of -> text.append(String.format(Locale.ROOT, "%4d  %s%n", of.number(), of.text())));
    return text.toString();
  }
}
