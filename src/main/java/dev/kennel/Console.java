package dev.kennel;

import dev.kennel.averaging.LostStateException;
import dev.kennel.config.EarlyStoppingSettings;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.OptimizerSettings.Scaling;
import dev.kennel.dataset.ImageFile;
import dev.kennel.dataset.ImageSource.Listing;
import dev.kennel.dataset.PreparedImages;
import dev.kennel.dataset.Split;
import dev.kennel.evaluation.Metrics;
import dev.kennel.training.Cluster;
import dev.kennel.training.EarlyStopping;
import dev.kennel.training.Position;
import dev.kennel.training.TrainedEpoch;
import java.io.PrintStream;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Tells the user how the job goes, on standard error; results go to standard output. */
public final class Console {
  private static final int SHOWN = 10; // rejected files that are named

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintStream out;
  private final boolean isTerminal;

  /**
   * A console.
   *
   * @param isTerminal whether lines can be written over, as a progress bar does
   */
  public Console(PrintStream out, boolean isTerminal) {
    this.out = out;
    this.isTerminal = isTerminal;
  }

  /** The console of this process. */
  public static Console ofProcess() {
    return new Console(System.err, System.console() != null);
  }

  /** Prints a line with the time before it. */
  public void say(String message, Object... values) {
    String time = LocalTime.now(ZoneId.systemDefault()).format(TIME);
    out.println(time + " " + String.format(Locale.ROOT, message, values));
  }

  void listed(Listing listing, boolean areSamples) {
    if (areSamples) {
      say("No --images: taking the sample images, clothes of Fashion-MNIST (not dogs)");
    }
    say("Found %d files in %d classes", listing.count(), listing.classes().size());
    if (!listing.ignored().isEmpty()) {
      say("Not read, beside the class folders: %s", String.join(", ", listing.ignored()));
    }
  }

  PreparationProgress preparing(int images) {
    return new PreparationProgress("Reading", images, out, isTerminal);
  }

  PreparationProgress predicting(int images) {
    return new PreparationProgress("Predicting", images, out, isTerminal);
  }

  /** What was found when the images were read. */
  void read(PreparedImages prepared, String cache, String tables) {
    say(
        "Read them in %.1f s: %d decoded now, %d before; their pixels are in %s",
        prepared.seconds(), prepared.decodedNow(), prepared.decodedBefore(), cache);
    List<ImageFile> rejected = prepared.rejected();
    if (!rejected.isEmpty()) {
      name("Rejected " + count(rejected.size(), "file"), rejected, tables);
    }
    List<ImageFile> truncated = prepared.truncated();
    if (!truncated.isEmpty()) {
      name("Taken though cut short: " + count(truncated.size(), "file"), truncated, tables);
    }
  }

  /** Counts files by their reasons, and names the first. */
  private void name(String what, List<ImageFile> files, String tables) {
    say("%s: %s (table rejected_images in %s)", what, ImageFile.reasons(files), tables);
    for (ImageFile file : files.stream().limit(SHOWN).toList()) {
      say("  %s: %s: %s", file.path(), file.tableReason(), file.detail());
    }
    if (files.size() > SHOWN) {
      say("  … and %d more", files.size() - SHOWN);
    }
  }

  void prepared(Split split, String master, Cluster cluster, String tables) {
    if (!split.dropped().isEmpty()) {
      name("Left out " + count(split.dropped().size(), "image"), split.dropped(), tables);
    }
    int copies = split.copies();
    if (copies > 0) {
      say("%d of the images are copies of others, byte for byte", copies);
    }
    say(
        "Training on %s%s and testing on %d with %s of %s on %s (%s)",
        count(split.train().size(), "image"),
        split.validation().isEmpty() ? "" : ", validating on " + split.validation().size(),
        split.test().size(),
        count(cluster.workers(), "worker"),
        count(cluster.threads(), "thread"),
        count(cluster.executors(), "executor"),
        master);
  }

  /** The progress of fetching a file from an address, which has no secrets in it. */
  DownloadProgress fetching(String address) {
    return new DownloadProgress(address, this, out, isTerminal);
  }

  /** That a network's training does not begin at its start. */
  void goesOn(String network, Position from) {
    if (!from.isStart()) {
      say("%s goes on from its checkpoint: %s", network, place(from));
    }
  }

  /** What a network's training begins with, and what of it stays. */
  void starts(
      String network,
      Position from,
      Optional<StartingWeights> start,
      List<String> frozen,
      int classes) {
    if (from.isStart()) {
      start.ifPresent(weights -> say("%s", weights.description(network, classes)));
    }
    if (!frozen.isEmpty()) {
      say(
          "%s is trained without %s, which %s",
          network,
          String.join(", ", frozen),
          start.isPresent() ? "stay as they are" : "stay at their random starting values");
    }
  }

  /** The learning rate that a number of workers makes of a network's. */
  void scales(String network, NetworkSettings own, Scaling scaling, int workers) {
    if (scaling == Scaling.NONE) {
      return;
    }
    double factor = scaling.factor(workers);
    say(
        "%s learns at a peak rate of %s: %s times %s%s",
        network,
        plain(factor * own.learningRate()),
        plain(own.learningRate()),
        scaling == Scaling.SQRT ? "the square root of " : "",
        count(workers, "worker")
            + (own.classifierLearningRate().isPresent()
                ? "; its classifier at "
                    + plain(factor * own.classifierLearningRate().getAsDouble())
                : ""));
  }

  private static String plain(double rate) {
    return String.format(Locale.ROOT, "%.4g", rate).replaceFirst("\\.?0+$", "");
  }

  /** That averaged parameters were lost. */
  void lost(String network, Exception failure, Position from) {
    say(
        "Lost executors and, with them, the averaged parameters of %s (%s); it goes on from %s",
        network,
        LostStateException.in(failure).map(Throwable::getMessage).orElse(""),
        from.isStart() ? "its start" : "its checkpoint: " + place(from));
  }

  private static String place(Position position) {
    return "epoch " + position.epoch() + ", round " + (position.round() + 1);
  }

  EpochProgress epoch(String network, int epoch, int epochs, int images) {
    return new EpochProgress(title(network, epoch, epochs), images, out, isTerminal);
  }

  void epochEnded(
      String network,
      int epoch,
      int epochs,
      TrainedEpoch trained,
      Metrics train,
      Map<String, Metrics> tested) {
    StringBuilder sides = new StringBuilder(side("train", train));
    tested.forEach((split, metrics) -> sides.append(" | ").append(side(split, metrics)));
    say(
        "%s: %s | %.1f images/s, %.1f s",
        title(network, epoch, epochs),
        sides,
        train.examples() / trained.seconds(),
        trained.seconds());
  }

  /** That a training ends before its last epoch. */
  void stops(String network, int epoch, EarlyStopping stopping, EarlyStoppingSettings settings) {
    if (stopping.hasDiverged(epoch)) {
      say(
          "%s ends with epoch %d: its loss is no number any more, which no further epoch would mend;"
              + " try a lower --learning-rate, or --clip-grad-norm 1",
          network, epoch);
      return;
    }
    int best = stopping.best(epoch);
    say(
        "%s ends with epoch %d: its validation %s has not been better than that of epoch %d for %s",
        network, epoch, settings.measure(), best, count(epoch - best, "epoch"));
  }

  private static String side(String split, Metrics metrics) {
    return String.format(
        Locale.ROOT, "%s loss %.4f, accuracy %.4f", split, metrics.loss(), metrics.accuracy());
  }

  private static String title(String network, int epoch, int epochs) {
    return network + " epoch " + epoch + "/" + epochs;
  }

  private static String count(int n, String thing) {
    return n + " " + thing + (n == 1 ? "" : "s");
  }
}
