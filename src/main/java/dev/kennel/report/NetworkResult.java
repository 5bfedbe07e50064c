package dev.kennel.report;

import java.util.OptionalLong;

/**
 * How good one network of a run is after its last complete epoch, and what it cost.
 *
 * @param runId the run
 * @param status the run's status: running, finished or failed
 * @param seed the run's seed
 * @param network the network's name
 * @param epochs complete epochs
 * @param testImages images that the figures below are measured on
 * @param accuracy share of them whose label was predicted, 0 to 1
 * @param top5Accuracy share whose label was among the five likeliest, 0 to 1
 * @param macroF1 mean F1 of the classes, 0 to 1
 * @param loss mean cross entropy, in nats; NaN if training diverged
 * @param trainSeconds time to train all epochs, in seconds
 * @param trainExamples images trained on, each counted in every epoch
 * @param parameters numbers that training adjusts; empty if the tables do not tell
 * @param parameterBytes bytes of parameters and running statistics; empty likewise
 * @param forwardFlopsPerImage floating-point operations to predict one image; empty likewise
 */
public record NetworkResult(
    String runId,
    String status,
    long seed,
    String network,
    int epochs,
    long testImages,
    double accuracy,
    double top5Accuracy,
    double macroF1,
    double loss,
    double trainSeconds,
    long trainExamples,
    OptionalLong parameters,
    OptionalLong parameterBytes,
    OptionalLong forwardFlopsPerImage) {}
