package dev.kennel.page;

import org.apache.spark.sql.Row;

/**
 * A test image that one of two candidates got wrong, or both.
 *
 * @param path where it was read from
 * @param className what it shows
 * @param a what the first candidate answered
 * @param b what the second answered
 */
record WrongImage(String path, String className, Answer a, Answer b) {

  /**
   * An answer.
   *
   * @param probability that it was given, 0 to 1
   */
  record Answer(String className, double probability, boolean isWrong) {}

  /** The image of a row: path, class, and of each candidate whether it is wrong and its answer. */
  static WrongImage of(Row row) {
    return new WrongImage(row.getString(0), row.getString(1), answer(row, 2), answer(row, 4));
  }

  private static Answer answer(Row row, int column) {
    Row answer = row.getStruct(column + 1);
    return new Answer(answer.getString(0), answer.getDouble(1), row.getBoolean(column));
  }
}
