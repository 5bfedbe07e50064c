package dev.kennel.config;

import java.util.Map;
import java.util.OptionalInt;

/**
 * Everything a training job is told. Made by {@link SettingsLoader}.
 *
 * @param images where the images are and how they are split
 * @param networks the networks to train, in order, each with what is its own
 * @param epochs passes over the training images
 * @param batchSize images a worker trains on in one step
 * @param workers training tasks at a time; empty: one an executor, two in local mode
 * @param threads threads of one worker's arithmetic; empty: executor cores ÷ workers in it
 * @param precision of convolutions and fully connected layers: f32 or bf16
 * @param convolution how convolutions are computed: auto (Winograd where faster) or direct
 * @param averagingFrequency steps between two averagings
 * @param warmUpAveragingFrequency the same while the learning rate rises; empty: no other
 * @param averaging how workers are averaged: slices, or Deeplearning4j's own, stock
 * @param optimizer how parameters follow their gradient
 * @param labelSmoothing share of each label that is spread over all classes, in [0, 1)
 * @param movingAverage of the parameters
 * @param testFlip whether models answer with the mean of an image and its mirror image
 * @param earlyStopping when the training ends before its last epoch
 * @param schedule of the learning rate
 * @param augmentation of training images
 * @param progressiveResizing smaller ones first
 * @param checkpoints how often the training is saved
 * @param seed of the split, the starting parameters, the order of images and their augmentation
 * @param output the folder for tables and models
 * @param cache the folder for prepared images, which runs share
 * @param tracking where rows are copied to, beside the tables
 * @param weights where trained weights are fetched from, and kept
 * @param json all of the above as JSON, for the run's row; without passwords in addresses
 */
public record Settings(
    ImageSettings images,
    Map<String, NetworkSettings> networks,
    int epochs,
    int batchSize,
    OptionalInt workers,
    OptionalInt threads,
    String precision,
    String convolution,
    int averagingFrequency,
    OptionalInt warmUpAveragingFrequency,
    String averaging,
    OptimizerSettings optimizer,
    double labelSmoothing,
    MovingAverageSettings movingAverage,
    boolean testFlip,
    EarlyStoppingSettings earlyStopping,
    ScheduleSettings schedule,
    AugmentationSettings augmentation,
    ProgressiveResizingSettings progressiveResizing,
    CheckpointSettings checkpoints,
    long seed,
    String output,
    String cache,
    TrackingSettings tracking,
    WeightSettings weights,
    String json) {
  public Settings {
    Checks.that(!networks.isEmpty(), "Cannot train without a network: name one in networks");
    positive("epochs", epochs);
    // Batch normalization has no variance in a batch of one.
    Checks.that(batchSize >= 2, "Cannot use batch-size %s: it is 2 or more", batchSize);
    Checks.that(
        precision.equals("f32") || precision.equals("bf16"),
        "Cannot use precision %s: it is f32 or bf16",
        precision);
    Checks.that(
        convolution.equals("auto") || convolution.equals("direct"),
        "Cannot use convolution %s: it is auto or direct",
        convolution);
    positive("averaging-frequency", averagingFrequency);
    warmUpAveragingFrequency.ifPresent(value -> positive("warm-up-averaging-frequency", value));
    Checks.that(
        warmUpAveragingFrequency.isEmpty() || schedule.hasWarmUp(),
        "Cannot use warm-up-averaging-frequency where the learning rate does not rise: set"
            + " schedule.warm-up, and another schedule than constant");
    Checks.that(
        averaging.equals("slices") || averaging.equals("stock"),
        "Cannot use averaging %s: it is slices or stock",
        averaging);
    workers.ifPresent(value -> positive("workers", value));
    threads.ifPresent(value -> positive("threads", value));
    Checks.that(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "Cannot use label-smoothing %s: it lies in [0, 1)",
        labelSmoothing);
    Checks.that(
        averaging.equals("slices") || !movingAverage.isOn(),
        "Cannot use model-ema with averaging stock: Deeplearning4j's own exchanges parameters and"
            + " momentum only");
    Checks.that(!output.isBlank(), "Cannot write tables: output is empty; name a folder");
  }

  /** Numbers that are kept for each parameter from step to step, beside itself. */
  public int statesPerParameter() {
    return optimizer.name().statesPerParameter() + (movingAverage.isOn() ? 1 : 0);
  }

  private static void positive(String key, int value) {
    Checks.that(value >= 1, "Cannot use %s %s: it is 1 or more", key, value);
  }
}
