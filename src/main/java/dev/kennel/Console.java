package dev.kennel;

import dev.kennel.averaging.LostStateException;
import dev.kennel.dataset.ImageFile;
import dev.kennel.dataset.ImageFolder.Listing;
import dev.kennel.dataset.Split;
import dev.kennel.evaluation.Metrics;
import dev.kennel.training.Cluster;
import dev.kennel.training.Position;
import dev.kennel.training.TrainedEpoch;
import java.io.PrintStream;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

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
      say("No --images: training on the sample images, clothes of Fashion-MNIST (not dogs)");
    }
    say("Found %d files in %d classes", listing.count(), listing.classes().size());
    if (!listing.ignored().isEmpty()) {
      say("Not read, beside the class folders: %s", String.join(", ", listing.ignored()));
    }
  }

  void prepared(Split split, List<ImageFile> rejected, String master, Cluster cluster) {
    if (!rejected.isEmpty()) {
      say("Rejected %d files: %s", rejected.size(), ImageFile.reasons(rejected));
      for (ImageFile file : rejected.stream().limit(SHOWN).toList()) {
        say("  %s: %s: %s", file.path(), file.reason(), file.detail());
      }
      if (rejected.size() > SHOWN) {
        say("  … and %d more, see rejected_images", rejected.size() - SHOWN);
      }
    }
    int copies = split.copies();
    if (copies > 0) {
      say("%d of the images are copies of others, byte for byte", copies);
    }
    say(
        "Training on %s and testing on %s with %s of %s on %s (%s)",
        count(split.train().size(), "image"),
        split.test().size(),
        count(cluster.workers(), "worker"),
        count(cluster.threads(), "thread"),
        count(cluster.executors(), "executor"),
        master);
  }

  /** That a network's training does not begin at its start. */
  void goesOn(String network, Position from) {
    if (!from.isStart()) {
      say("%s goes on from its checkpoint: %s", network, place(from));
    }
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
      String network, int epoch, int epochs, TrainedEpoch trained, Metrics train, Metrics test) {
    say(
        "%s: train loss %.4f, accuracy %.4f | test loss %.4f, accuracy %.4f | %.1f images/s, %.1f s",
        title(network, epoch, epochs),
        train.loss(),
        train.accuracy(),
        test.loss(),
        test.accuracy(),
        train.examples() / trained.seconds(),
        trained.seconds());
  }

  private static String title(String network, int epoch, int epochs) {
    return network + " epoch " + epoch + "/" + epochs;
  }

  private static String count(int n, String thing) {
    return n + " " + thing + (n == 1 ? "" : "s");
  }
}
