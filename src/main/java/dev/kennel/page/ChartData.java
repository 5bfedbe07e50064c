package dev.kennel.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * What the page's charts show, and the tables behind them. Unknown figures are null; shares are 0
 * to 1.
 *
 * @param candidates names, the most accurate first; elsewhere a candidate is its position here
 * @param classes names, those that are taken for each other side by side; elsewhere a class is its
 *     position here
 * @param curve a point a run, epoch and split
 * @param cost what accuracy cost, a point a candidate
 * @param confusion of the two best candidates that have predictions
 * @param recall by class, the greatest gain of the first of those two over the second first
 * @param calibration how probabilities and accuracy agree, bin by bin; bins without images are left
 *     out
 */
record ChartData(
    List<String> candidates,
    List<String> classes,
    List<Point> curve,
    List<Cost> cost,
    List<Confusion> confusion,
    List<Recall> recall,
    List<Bin> calibration) {

  record Point(int candidate, String run, int epoch, String split, Double loss, Double accuracy) {}

  record Cost(
      int candidate,
      Double seconds,
      Long parameters,
      double accuracy,
      Double lower,
      Double upper) {}

  /**
   * How often classes were taken for others.
   *
   * @param images test images of each class
   * @param cells actual class, predicted class and images, where there are any
   */
  record Confusion(int candidate, List<Long> images, List<List<Long>> cells) {}

  /**
   * The recall of a class.
   *
   * @param recalls by the candidates of {@link ChartData#confusion}
   */
  record Recall(int position, List<Double> recalls) {}

  record Bin(
      int candidate,
      double lower,
      double upper,
      long images,
      double meanProbability,
      double accuracy) {}

  /** A double as JSON has it: it has no NaN and no infinity. */
  static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** JSON that may stand in a script element of HTML. */
  String json() {
    try {
      return new ObjectMapper().writeValueAsString(this).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write charts as JSON: " + e.getMessage(), e);
    }
  }
}
