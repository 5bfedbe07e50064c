package dev.kennel.evaluation;

import dev.kennel.network.Answer;
import java.util.List;

/**
 * A test of a network after an epoch.
 *
 * @param predictions one for each image of the split, in the listing's order
 * @param seconds it took
 */
public record TestedEpoch(List<Prediction> predictions, double seconds) {
  /** The answers alone. */
  public List<Answer> answers() {
    return predictions.stream().map(Prediction::answer).toList();
  }
}
