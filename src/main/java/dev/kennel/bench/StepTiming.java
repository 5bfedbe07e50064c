package dev.kennel.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a benchmark of steps measured.
 *
 * @param trainImagesPerSecond images over the median time of a training step
 * @param forwardImagesPerSecond images over the median time of a forward pass
 * @param peakMegabytes largest resident set, MiB
 * @param peakMegabytesSinceBuilt by how much it grew since the network was built, MiB
 * @param profiledStepMilliseconds median time of the training steps that were profiled; 0: none
 * @param profile each layer's part of them, empty if not asked for
 */
public record StepTiming(
    StepBenchmark benchmark,
    double trainImagesPerSecond,
    double forwardImagesPerSecond,
    long peakMegabytes,
    long peakMegabytesSinceBuilt,
    double profiledStepMilliseconds,
    List<Profile.Line> profile) {

  /** One line of JSON, {@code kennelVersion} in its engine; the profile is not in it. */
  public String json(String kennelVersion) {
    return String.format(
        Locale.ROOT,
        "{\"engine\": \"kennel %s\", \"network\": \"%s\", \"image_size\": %d, \"batch\": %d, "
            + "\"threads\": %d, \"precision\": \"%s\", \"optimizer\": \"%s\", "
            + "\"clip_grad_norm\": %s, \"train_images_per_second\": %.2f, "
            + "\"forward_images_per_second\": %.2f, \"peak_mb\": %d, \"peak_mb_since_built\": %d}",
        kennelVersion,
        benchmark.network().title(),
        benchmark.imageSize(),
        benchmark.batch(),
        benchmark.threads(),
        benchmark.how().precision().title(),
        benchmark.optimizer().title(),
        benchmark.clipGradNorm(),
        trainImagesPerSecond,
        forwardImagesPerSecond,
        peakMegabytes,
        peakMegabytesSinceBuilt);
  }

  /** The profile as a table, the slowest layers first. */
  public String profileTable() {
    double layers =
        profile.stream()
            .mapToDouble(line -> line.forwardMilliseconds() + line.backwardMilliseconds())
            .sum();
    return String.format(Locale.ROOT, "%-28s %11s %11s%n", "layer", "forward ms", "backward ms")
        + profile.stream()
            .map(
                line ->
                    String.format(
                        Locale.ROOT,
                        "%-28s %11.2f %11.2f%n",
                        line.layer(),
                        line.forwardMilliseconds(),
                        line.backwardMilliseconds()))
            .collect(Collectors.joining())
        + String.format(
            Locale.ROOT,
            "%-28s %11.2f %11s%n",
            "update, loss, classifier",
            profiledStepMilliseconds - layers,
            "")
        + String.format(Locale.ROOT, "%-28s %11.2f %11s%n", "step", profiledStepMilliseconds, "");
  }
}
