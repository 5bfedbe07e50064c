package dev.kennel;

import static java.util.stream.Collectors.joining;

import dev.kennel.config.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * The same training by several seeds, one run after the other. Each is a run of its own, which can
 * be resumed, and together they are repeats of each other; their images are read once.
 */
public final class RepeatedTraining {
  private final SparkSession spark;
  private final List<Settings> settings;
  private final Console console;
  private final List<String> done = new ArrayList<>(); // runs, in the order of the settings
  private TrainingJob job; // the one under way; null: none is yet

  /**
   * Trainings on that session; the console is told what they do.
   *
   * @param settings of each run, with the seed of that one; one at least
   */
  public RepeatedTraining(SparkSession spark, List<Settings> settings, Console console) {
    this.spark = spark;
    this.settings = List.copyOf(settings);
    this.console = console;
  }

  /**
   * Runs them and returns the runs' ids. If one fails, the others do not begin, and the console is
   * told which seeds are done, how to go on with that run, and which seeds have not begun.
   *
   * @throws dev.kennel.config.UserError as {@link TrainingJob#run} does
   */
  public List<String> run() throws IOException {
    if (settings.size() == 1) {
      return List.of(new TrainingJob(spark, settings.get(0), console).run());
    }
    ReadImages images = new ReadImages();
    try (Unfinished unfinished = new Unfinished(console, this::standing)) {
      for (Settings of : settings) {
        console.say("Seed %d, the run %d of %d", of.seed(), done.size() + 1, settings.size());
        String run = begin(new TrainingJob(spark, of, console, images)).run();
        ended(run);
      }
      unfinished.ended();
    }
    return done;
  }

  private synchronized TrainingJob begin(TrainingJob next) {
    job = next;
    return next;
  }

  private synchronized void ended(String run) {
    done.add(run);
    job = null;
  }

  private synchronized List<String> standing() {
    int begun = done.size() + (job != null && job.resumable().isPresent() ? 1 : 0);
    if (begun == 0) {
      return List.of(); // nothing is lost
    }
    List<String> lines = new ArrayList<>();
    if (!done.isEmpty()) {
      String seeds =
          settings.stream()
              .limit(done.size())
              .map(of -> "%d (%s)".formatted(of.seed(), done.get(settings.indexOf(of))))
              .collect(joining(", "));
      lines.add("Seeds that are done: " + seeds);
    }
    if (begun > done.size()) {
      Settings under = settings.get(done.size());
      lines.add(
          "To go on with seed %d: train --resume %s --output %s"
              .formatted(under.seed(), job.resumable().orElseThrow(), under.output()));
    }
    if (begun < settings.size()) {
      lines.add(
          "Seeds that have not begun, for train with the same options but: --seeds "
              + settings.stream()
                  .skip(begun)
                  .map(of -> Long.toString(of.seed()))
                  .collect(joining(",")));
    }
    return lines;
  }
}
