package dev.kennel.report;

import java.util.List;

/**
 * Which runs to compare.
 *
 * @param runIds these, finished or not; without any, the newest finished one and its repeats, which
 *     are the finished runs with the same settings but for the seed or the fold
 * @param isAll whether every run with a complete epoch is compared instead
 */
public record Selection(List<String> runIds, boolean isAll) {

  public Selection {
    runIds = List.copyOf(runIds);
  }

  /** The runs of these ids; without any, the newest finished one and its repeats. */
  public static Selection runs(List<String> runIds) {
    return new Selection(runIds, false);
  }

  /** Every run with a complete epoch. */
  public static Selection all() {
    return new Selection(List.of(), true);
  }
}
