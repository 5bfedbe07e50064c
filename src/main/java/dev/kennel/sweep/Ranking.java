package dev.kennel.sweep;

import dev.kennel.config.SweepMeasure;
import dev.kennel.report.AlignedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The candidates of one network, ranked: those of a later round before those that were left behind.
 *
 * @param trials of each candidate the last one, the best first
 * @param isWhole whether the last round has ended
 */
public record Ranking(String network, List<Trial> trials, boolean isWhole) {

  public Ranking {
    trials = List.copyOf(trials);
  }

  /** Ranks the trials of a round before those of earlier ones, of which they were taken. */
  Ranking after(List<Trial> round, SweepMeasure measure, boolean isLast) {
    List<Trial> ranked = new ArrayList<>(round);
    ranked.sort(measure.bestFirst()); // stable: the earlier of equals stays before the other
    List<Integer> numbers = round.stream().map(of -> of.candidate().number()).toList();
    trials.stream().filter(of -> !numbers.contains(of.candidate().number())).forEach(ranked::add);
    return new Ranking(network, ranked, isLast);
  }

  /** The best after the last round; empty: there is none yet, or every training diverged. */
  public Optional<Trial> winner() {
    return trials.stream().findFirst().filter(best -> isWhole && !best.isDiverged());
  }

  /** One line on a winner: of how many it is the best, how good it is, and which run it was. */
  public String summary(String sweep) {
    Trial best = winner().orElseThrow();
    return "%s, the best of %d candidates of the sweep %s: %s of the images for validation in run %s"
        .formatted(network, trials.size(), sweep, percent(best.accuracy()), best.runId());
  }

  /**
   * As an aligned table: accuracy and loss on the validation images. The test accuracy is that of
   * the winner alone: it chooses nothing.
   */
  public String table() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of(network, "place", "epochs", "validation", "loss", "test", "train s", "run"));
    for (int i = 0; i < trials.size(); i++) {
      Trial of = trials.get(i);
      boolean isWinner = winner().filter(of::equals).isPresent();
      lines.add(
          List.of(
              "%d  %s".formatted(of.candidate().number(), of.candidate().text()),
              of.isDiverged() ? "-" : Integer.toString(i + 1),
              Integer.toString(of.epochs()),
              of.isDiverged() ? "diverged" : percent(of.accuracy()),
              number("%.4f", of.loss()),
              isWinner ? percent(of.testAccuracy()) : "",
              number("%.1f", of.trainSeconds()),
              of.runId()));
    }
    return AlignedText.of(lines);
  }

  private static String percent(double share) {
    return number("%.1f %%", 100 * share);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
