package dev.kennel.evaluation;

import dev.kennel.network.Answer;
import java.util.List;

/**
 * A test of a network after an epoch.
 *
 * @param split on whose images, {@code validation} or {@code test}
 * @param predictions one for each image of the split, in the listing's order
 * @param seconds it took
 */
public record TestedEpoch(String split, List<Prediction> predictions, double seconds) {
  /** What they come to. */
  public Metrics metrics(int classes) {
    return Metrics.of(answers(), classes);
  }

  /** The answers alone. */
  public List<Answer> answers() {
    return predictions.stream().map(Prediction::answer).toList();
  }
}
