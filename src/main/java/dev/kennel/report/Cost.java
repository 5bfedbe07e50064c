package dev.kennel.report;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a network cost to train, and costs to use.
 *
 * @param trainSeconds time to train all epochs of one run, the mean of the runs, in seconds
 * @param imagesPerSecond images trained on a second, all runs together; NaN without any
 * @param parameters numbers that training adjusts; empty if the tables do not tell
 * @param parameterBytes bytes of parameters and running statistics; empty likewise
 * @param forwardFlopsPerImage floating-point operations to predict one image, an addition and a
 *     multiplication counting as two; empty likewise
 */
public record Cost(
    double trainSeconds,
    double imagesPerSecond,
    OptionalLong parameters,
    OptionalLong parameterBytes,
    OptionalLong forwardFlopsPerImage) {

  /** The cost of one network in repeated runs; there is at least one. */
  static Cost of(List<NetworkResult> results) {
    double seconds = results.stream().mapToDouble(NetworkResult::trainSeconds).sum();
    long examples = results.stream().mapToLong(NetworkResult::trainExamples).sum();
    NetworkResult any = results.get(0); // the setup is the same, and with it the network's size
    return new Cost(
        seconds / results.size(),
        examples / seconds,
        any.parameters(),
        any.parameterBytes(),
        any.forwardFlopsPerImage());
  }
}
