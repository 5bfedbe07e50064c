package dev.kennel.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often a training is saved, so that it can go on from there.
 *
 * @param every epochs or rounds from one checkpoint to the next
 * @param inRounds whether rounds are counted, those of all epochs, and not epochs
 * @param kept how many checkpoints of a network are kept
 */
public record CheckpointSettings(int every, boolean inRounds, int kept) {
  private static final Pattern INTERVAL =
      Pattern.compile("([1-9]\\d{0,8})\\s*(?:(epochs?)|(rounds?))");

  public CheckpointSettings {
    Checks.that(every >= 1, "Cannot use checkpoint-every %s: it is 1 or more", every);
    Checks.that(kept >= 1, "Cannot use checkpoints-kept %s: it is 1 or more", kept);
  }

  /** That of a text such as {@code 1 epoch} or {@code 50 rounds}. */
  static CheckpointSettings of(String interval, int kept) {
    Matcher matcher = INTERVAL.matcher(interval.strip());
    Checks.that(
        matcher.matches(),
        "Cannot use checkpoint-every \"%s\": write it as 1 epoch, 5 epochs or 50 rounds",
        interval);
    return new CheckpointSettings(
        Integer.parseInt(matcher.group(1)), matcher.group(3) != null, kept);
  }

  /**
   * Whether one is due within an epoch.
   *
   * @param rounds of all epochs that have ended
   */
  public boolean isDueWithinEpoch(long rounds) {
    return inRounds && rounds % every == 0;
  }

  /**
   * Whether one is due at the end of an epoch.
   *
   * @param epochs that have ended
   * @param rounds of all of them
   */
  public boolean isDueAfterEpoch(int epochs, long rounds) {
    return (inRounds ? rounds : epochs) % every == 0;
  }
}
