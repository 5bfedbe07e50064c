package dev.kennel.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one network uses where no common setting overrides it.
 *
 * @param imageSize height and width of its input in pixels
 * @param learningRate its peak learning rate, with one worker
 * @param pretrained where the parameters are that it starts from: {@code imagenet}, an address,
 *     which may hold a user and password, or a file; empty: it starts from random ones
 * @param freeze the parts that training leaves as they are
 * @param classifierLearningRate the peak learning rate of its last layer; empty: that of the rest
 */
public record NetworkSettings(
    int imageSize,
    double learningRate,
    Optional<String> pretrained,
    List<String> freeze,
    OptionalDouble classifierLearningRate) {
  /** The name of the published parameters of networks that were trained on ImageNet. */
  public static final String IMAGENET = "imagenet";

  public NetworkSettings {
    Checks.that(
        imageSize >= 8 && imageSize <= 2048,
        "Cannot use image-size %s: it is 8 to 2048 pixels",
        imageSize);
    rate("learning-rate", learningRate);
    classifierLearningRate.ifPresent(rate -> rate("classifier-learning-rate", rate));
    Checks.that(
        pretrained.filter(String::isBlank).isEmpty(),
        "Cannot start from trained weights: pretrained is empty; name imagenet, a file or an"
            + " address, or none");
    freeze = List.copyOf(freeze);
  }

  /** From random parameters, all of which are trained at one rate. */
  public NetworkSettings(int imageSize, double learningRate) {
    this(imageSize, learningRate, Optional.empty(), List.of(), OptionalDouble.empty());
  }

  private static void rate(String key, double value) {
    Checks.that(
        value > 0 && value <= 100, "Cannot use %s %s: it is above 0 and at most 100", key, value);
  }

  @Override
  public String toString() {
    return "NetworkSettings[imageSize=%s, learningRate=%s, pretrained=%s, freeze=%s, classifierLearningRate=%s]"
        .formatted(
            imageSize,
            learningRate,
            pretrained.map(WeightSettings::withoutSecrets),
            freeze,
            classifierLearningRate);
  }
}
