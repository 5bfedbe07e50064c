package dev.kennel.sweep;

import dev.kennel.Console;
import dev.kennel.ReadImages;
import dev.kennel.TrainingJob;
import dev.kennel.Unfinished;
import dev.kennel.config.Settings;
import dev.kennel.config.SweepCandidate;
import dev.kennel.config.SweepPlan;
import dev.kennel.config.UserError;
import dev.kennel.sweep.RecordedRuns.Recorded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Trains the candidates of a plan, network by network and round by round, each as a run of its own.
 * What is in the tables already is not trained again, and what was interrupted goes on, so that a
 * sweep may be ended and begun again at any time.
 */
public final class Sweep {
  private final SparkSession spark;
  private final SweepPlan plan;
  private final Console console;
  private final ReadImages images = new ReadImages();
  private volatile int done; // trainings
  private volatile TrainingJob job; // the last one that was begun; null: none was

  /** A sweep on that session; the console is told what it does. */
  public Sweep(SparkSession spark, SweepPlan plan, Console console) {
    this.spark = spark;
    this.plan = plan;
    this.console = console;
  }

  /**
   * Trains what is missing; the ranking of each network, in the plan's order.
   *
   * @throws UserError for mistakes in the settings or the images, and if there are no images for
   *     validation
   */
  public List<Ranking> run() throws IOException {
    plan.candidates().values().stream()
        .flatMap(List::stream)
        .forEach(of -> TrainingJob.check(of.settings(plan.epochs(of, 0))));
    RecordedRuns recorded = new RecordedRuns(spark, plan.output());
    List<Ranking> rankings = new ArrayList<>();
    try (Unfinished unfinished = new Unfinished(console, this::standing)) {
      for (String network : plan.candidates().keySet()) {
        rankings.add(rank(network, recorded));
      }
      unfinished.ended();
    }
    return rankings;
  }

  private Ranking rank(String network, RecordedRuns recorded) throws IOException {
    Ranking ranking = new Ranking(network, List.of(), false);
    List<SweepCandidate> left = plan.candidates().get(network);
    int rounds = plan.epochs().size();
    for (int round = 0; round < rounds && !left.isEmpty(); round++) {
      boolean isLast = round == rounds - 1;
      if (left.size() == 1 && !isLast) {
        continue; // there is nothing to choose
      }
      List<Trial> trials = new ArrayList<>();
      for (SweepCandidate of : left) {
        console.say(
            "Sweep %s, %s, round %d of %d, %s: candidate %d, %s",
            plan.name(),
            network,
            round + 1,
            rounds,
            SweepPlan.count(plan.epochs(of, round)),
            of.number(),
            of.text());
        trials.add(trial(of, plan.epochs(of, round), recorded));
        done++;
      }
      ranking = ranking.after(trials, plan.measure(), isLast);
      ranking.table().lines().forEach(line -> console.say("%s", line));
      left =
          ranking.trials().stream()
              .filter(of -> trials.contains(of) && !of.isDiverged())
              .limit(plan.kept(left.size()))
              .map(Trial::candidate)
              .toList();
    }
    return ranking;
  }

  /** Finds a training in the tables, goes on with it, or begins it. */
  private Trial trial(SweepCandidate candidate, int epochs, RecordedRuns recorded)
      throws IOException {
    Settings settings = candidate.settings(epochs);
    Optional<Recorded> found = recorded.of(settings);
    if (found.filter(Recorded::isFinished).isPresent()) {
      console.say("It is trained already: run %s", found.get().id());
      return recorded.trial(candidate, found.get().id());
    }
    if (!images.areValidated(spark, settings, console)) {
      throw new UserError(
          "Cannot sweep without images for validation: candidates are not chosen by those for"
              + " testing; %s names none, and --validation-fraction 0.2 would hold some out"
                  .formatted(settings.images().name()));
    }
    job = new TrainingJob(spark, settings, console, images);
    String run = found.isPresent() ? job.resume(found.get().id()) : job.run();
    return recorded.trial(candidate, run);
  }

  private List<String> standing() {
    if (done == 0 && (job == null || job.resumable().isEmpty())) {
      return List.of(); // nothing is there to go on with
    }
    return List.of(
        "Sweep %s has finished %d of %d trainings; begun again with the same options, it goes on there"
            .formatted(plan.name(), done, plan.trainings()));
  }
}
