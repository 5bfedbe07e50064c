package dev.kennel.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.bench.AveragingModel;
import dev.kennel.network.NetworkSize;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a training on a cluster will need and take.
 *
 * @param runs how often it is run, by a seed of its own each time, one run after the other
 * @param batch images a worker trains on in one step
 * @param states numbers that are kept for each parameter from step to step
 * @param executorBytes of memory that an executor needs, heap and native together
 * @param imagesPerSecond that one worker trains on; empty: not known
 * @param share of the time that averaging may take, in (0, 1)
 */
record TrainingPlan(
    int runs,
    String network,
    int imageSize,
    int classes,
    int batch,
    int workers,
    NetworkSize size,
    AveragingModel cluster,
    int states,
    long executorBytes,
    OptionalDouble imagesPerSecond,
    double share) {

  private AveragingModel.Cost cost() {
    // Trainings have a momentum for every parameter, even where its factor is 0.
    return cluster.cost(size.parameters() + size.runningStatistics(), states * size.parameters());
  }

  private double stepSeconds() {
    return batch / imagesPerSecond.orElse(Double.NaN);
  }

  private long frequency() {
    return AveragingModel.frequency(cost().seconds(), stepSeconds(), share);
  }

  /** Times the images a second: the averaging frequency, before it is rounded up. */
  private double frequencyPerSpeed() {
    return cost().seconds() * (1 - share) / share / batch;
  }

  String table() {
    AveragingModel.Cost cost = cost();
    String fit =
        imagesPerSecond.isPresent()
            ? line("one step", "%.2f s", stepSeconds(), "%d images a worker", batch)
                + line(
                    "averaging frequency",
                    "%d",
                    frequency(),
                    "steps a round, the least at which averaging takes at most %s %% of the time",
                    percent())
                + line(
                    "a round",
                    "%.2f s",
                    frequency() * stepSeconds() + cost.seconds(),
                    "%.2f s of steps, %.2f s of averaging",
                    frequency() * stepSeconds(),
                    cost.seconds())
            : line(
                "averaging frequency",
                "%.3g × v",
                frequencyPerSpeed(),
                "rounded up, where v is the images a second that one worker trains on,%n%33sfor"
                    + " averaging to take at most %s %% of the time; it is told by%n%33skennel bench"
                    + " step --network %s --image-size %d --batch %d",
                "",
                percent(),
                "",
                network,
                imageSize,
                batch);
    return String.format(
            Locale.ROOT,
            "%s at %d px for %d classes: %,d parameters%n"
                + "%d workers in %d executors on %d machines, linked by %s Gbit/s%n%n",
            network,
            imageSize,
            classes,
            size.parameters(),
            workers,
            cluster.executors(),
            (cluster.executors() + cluster.executorsPerMachine() - 1)
                / cluster.executorsPerMachine(),
            plain(cluster.gigabitsPerSecond()))
        + line(
            "memory of an executor",
            "%.2f GiB",
            executorBytes / (double) (1 << 30),
            "heap and native together")
        + line(
            "exchanged in a round",
            "%.2f GB",
            cost.bytesExchanged() / 1e9,
            "in and out of the busiest executor: %.2f GB each",
            cost.busiestBytes() / 1e9)
        + line(
            "averaging",
            "%.2f s",
            cost.seconds(),
            "Spark's stages %.2f, in memory %.2f, on the wire %.2f",
            cost.stagesSeconds(),
            cost.memorySeconds(),
            cost.wireSeconds())
        + fit
        + (runs == 1
            ? ""
            : line("runs", "%d", runs, "one a seed, one after the other, each of them as above"));
  }

  private static String line(
      String name, String format, Object value, String explanation, Object... values) {
    return String.format(
        Locale.ROOT,
        "%-21s %9s  %s%n",
        name,
        String.format(Locale.ROOT, format, value),
        String.format(Locale.ROOT, explanation, values));
  }

  private String percent() {
    return plain(Math.round(1000 * share) / 10.0);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  /** One object; what is not known is null. */
  String json() {
    AveragingModel.Cost cost = cost();
    boolean isKnown = imagesPerSecond.isPresent();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("runs", runs);
    fields.put("network", network);
    fields.put("image_size", imageSize);
    fields.put("classes", classes);
    fields.put("parameters", size.parameters());
    fields.put("parameter_bytes", size.parameterBytes());
    fields.put("batch_size", batch);
    fields.put("workers", workers);
    fields.put("executors", cluster.executors());
    fields.put("executors_per_machine", cluster.executorsPerMachine());
    fields.put("gigabits_per_second", cluster.gigabitsPerSecond());
    fields.put("executor_memory_bytes", executorBytes);
    fields.put("bytes_exchanged", cost.bytesExchanged());
    fields.put("busiest_executor_bytes", cost.busiestBytes());
    fields.put("averaging_seconds", cost.seconds());
    fields.put("averaging_stages_seconds", cost.stagesSeconds());
    fields.put("averaging_memory_seconds", cost.memorySeconds());
    fields.put("averaging_wire_seconds", cost.wireSeconds());
    fields.put("averaging_share", share);
    fields.put("frequency_per_image_per_second", frequencyPerSpeed());
    fields.put("images_per_second", isKnown ? imagesPerSecond.getAsDouble() : null);
    fields.put("step_seconds", isKnown ? stepSeconds() : null);
    fields.put("averaging_frequency", isKnown ? frequency() : null);
    fields.put("fit_seconds", isKnown ? frequency() * stepSeconds() : null);
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a plan as JSON: " + e.getMessage(), e);
    }
  }
}
