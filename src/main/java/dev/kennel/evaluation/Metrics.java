package dev.kennel.evaluation;

import dev.kennel.network.Answer;
import java.util.ArrayList;
import java.util.List;

/**
 * Metrics of answers, each counted once.
 *
 * @param examples number of answers
 * @param loss mean cross-entropy in nats
 * @param accuracy share of right predictions
 * @param top5Accuracy share of answers with the right class among the five best
 * @param macroF1 mean of the classes' F1, each class weighing the same
 * @param classes metrics of each class, by label
 * @param confusion number of answers by actual and predicted label, {@code
 *     confusion.get(actual)[predicted]}
 */
public record Metrics(
    int examples,
    double loss,
    double accuracy,
    double top5Accuracy,
    double macroF1,
    List<ClassMetrics> classes,
    List<long[]> confusion) {

  /**
   * Metrics of one class, as one against the rest.
   *
   * @param precision share of the images predicted as the class that are of it; 0 if there are none
   * @param recall share of the class's images that were found; 0 if there are none
   * @param f1 harmonic mean of precision and recall; 0 if both are
   * @param support number of the class's images
   */
  public record ClassMetrics(double precision, double recall, double f1, long support) {}

  /**
   * Computes metrics.
   *
   * @throws IllegalArgumentException if there are no answers
   */
  public static Metrics of(List<Answer> answers, int classes) {
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("Cannot compute metrics of no answers");
    }
    List<long[]> confusion = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      confusion.add(new long[classes]);
    }
    double loss = 0;
    long right = 0;
    long inTop5 = 0;
    for (Answer answer : answers) {
      confusion.get(answer.label())[answer.predicted()]++;
      loss += answer.loss();
      right += answer.isRight() ? 1 : 0;
      inTop5 += answer.isInTop5() ? 1 : 0;
    }
    List<ClassMetrics> byClass = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      byClass.add(of(label, confusion));
    }
    int n = answers.size();
    double macroF1 = byClass.stream().mapToDouble(ClassMetrics::f1).average().orElse(0);
    return new Metrics(
        n,
        loss / n,
        right / (double) n,
        inTop5 / (double) n,
        macroF1,
        List.copyOf(byClass),
        List.copyOf(confusion));
  }

  private static ClassMetrics of(int label, List<long[]> confusion) {
    long found = confusion.get(label)[label];
    long support = 0;
    for (long count : confusion.get(label)) {
      support += count;
    }
    long predicted = 0;
    for (long[] actual : confusion) {
      predicted += actual[label];
    }
    double precision = predicted == 0 ? 0 : found / (double) predicted;
    double recall = support == 0 ? 0 : found / (double) support;
    double f1 = found == 0 ? 0 : 2 * precision * recall / (precision + recall);
    return new ClassMetrics(precision, recall, f1, support);
  }
}
