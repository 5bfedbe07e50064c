package dev.kennel.training;

import dev.kennel.averaging.Round;
import dev.kennel.network.Answer;
import java.util.List;

/**
 * How far the training of a network has come.
 *
 * @param epoch that it is in, counted from 1
 * @param round of the epoch that comes next, counted from 0
 * @param seconds that the epoch's earlier rounds took
 * @param answers of those rounds
 * @param rounds what each of them took
 */
public record Position(
    int epoch, int round, double seconds, List<Answer> answers, List<Round> rounds) {
  /** Before the first round of all. */
  static final Position START = beginOf(1);

  /** Before the first round of an epoch. */
  static Position beginOf(int epoch) {
    return new Position(epoch, 0, 0, List.of(), List.of());
  }

  /** Whether it is before the first round of all. */
  public boolean isStart() {
    return epoch == 1 && round == 0;
  }

  boolean isAt(Position other) {
    return other != null && epoch == other.epoch && round == other.round;
  }
}
