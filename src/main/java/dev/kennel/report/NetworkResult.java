package dev.kennel.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How good one network of a run is after its last complete epoch, and what it cost.
 *
 * @param runId the run
 * @param status the run's status: running, finished or failed
 * @param network the network's name
 * @param epochs complete epochs
 * @param testImages images that the figures below are measured on
 * @param accuracy share of them whose label was predicted, 0 to 1
 * @param top5Accuracy share whose label was among the five likeliest, 0 to 1
 * @param macroF1 mean F1 of the classes, 0 to 1
 * @param loss mean cross entropy, in nats; NaN if training diverged
 * @param parameters numbers that training adjusts; empty if the tables do not tell
 * @param trainSeconds time to train all epochs, in seconds
 * @param imagesPerSecond training examples of all epochs divided by {@code trainSeconds}; NaN
 *     without any
 */
public record NetworkResult(
    String runId,
    String status,
    String network,
    int epochs,
    long testImages,
    double accuracy,
    double top5Accuracy,
    double macroF1,
    double loss,
    OptionalLong parameters,
    double trainSeconds,
    double imagesPerSecond) {

  /** Wilson's 95 % interval of the accuracy. */
  public Interval accuracyInterval() {
    return Interval.wilson(Math.round(accuracy * testImages), testImages);
  }

  /** The figures by the name they are reported under; NaN for what is unknown. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", runId);
    fields.put("status", status);
    fields.put("network", network);
    fields.put("epochs", epochs);
    fields.put("test_images", testImages);
    fields.put("accuracy", accuracy);
    fields.put("accuracy_lower_95", accuracyInterval().lower());
    fields.put("accuracy_upper_95", accuracyInterval().upper());
    fields.put("top5_accuracy", top5Accuracy);
    fields.put("macro_f1", macroF1);
    fields.put("loss", loss);
    fields.put("parameters", parameters.isPresent() ? parameters.getAsLong() : (Object) Double.NaN);
    fields.put("train_seconds", trainSeconds);
    fields.put("images_per_second", imagesPerSecond);
    return fields;
  }
}
