package dev.kennel.config;

import java.util.Set;

/** What settings have an effect on. */
public final class Effect {
  private static final Set<String> NOT_ON_TRAINING =
      Set.of(
          "output",
          "cache",
          "threads",
          "checkpoint-every",
          "checkpoints-kept",
          "weights-cache",
          "weights-address");

  private static final String TRACKING = "tracking."; // where rows are copied to

  private Effect() {}

  /**
   * Whether a setting decides what is trained or how it answers, and not only where files go and
   * how often.
   *
   * @param key its path, such as {@code schedule.name}
   */
  public static boolean isOnTraining(String key) {
    return !NOT_ON_TRAINING.contains(key) && !key.startsWith(TRACKING);
  }
}
