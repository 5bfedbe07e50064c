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
   * Whether one is due.
   *
   * @param epochs that have ended
   * @param rounds of the epoch under way that have ended; 0 right after the end of an epoch
   * @param roundsAnEpoch of every epoch
   */
  public boolean isDue(int epochs, int rounds, int roundsAnEpoch) {
    return inRounds
        ? ((long) epochs * roundsAnEpoch + rounds) % every == 0
        : rounds == 0 && epochs % every == 0;
  }
}
