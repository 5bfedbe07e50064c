package dev.kennel.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The figures of a comparison by the name they are reported under; NaN for what is unknown. */
final class Fields {

  private Fields() {}

  static Map<String, Object> of(Candidate candidate) {
    Map<String, Object> fields = new LinkedHashMap<>();
    Cost cost = candidate.cost();
    fields.put("name", candidate.name());
    fields.put("network", candidate.network());
    fields.put("runs", candidate.results().size());
    fields.put("epochs", candidate.epochs());
    fields.put("test_images", candidate.testImages());
    fields.put("accuracy", candidate.accuracy());
    fields.put(
        "accuracy_lower_95", candidate.accuracyInterval().map(Interval::lower).orElse(Double.NaN));
    fields.put(
        "accuracy_upper_95", candidate.accuracyInterval().map(Interval::upper).orElse(Double.NaN));
    fields.put("accuracy_deviation", candidate.accuracyDeviation());
    fields.put("top5_accuracy", candidate.top5Accuracy());
    fields.put("macro_f1", candidate.macroF1());
    fields.put("loss", candidate.loss());
    fields.put(
        "expected_calibration_error",
        candidate.calibration().map(Calibration::expectedError).orElse(Double.NaN));
    fields.put("train_seconds", cost.trainSeconds());
    fields.put("images_per_second", cost.imagesPerSecond());
    fields.put("parameters", count(cost.parameters()));
    fields.put("parameter_bytes", count(cost.parameterBytes()));
    fields.put("forward_flops_per_image", count(cost.forwardFlopsPerImage()));
    return fields;
  }

  static Map<String, Object> of(NetworkResult result) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", result.runId());
    fields.put("status", result.status());
    fields.put("seed", result.seed());
    fields.put("epochs", result.epochs());
    fields.put("test_images", result.testImages());
    fields.put("accuracy", result.accuracy());
    fields.put("top5_accuracy", result.top5Accuracy());
    fields.put("macro_f1", result.macroF1());
    fields.put("loss", result.loss());
    fields.put("train_seconds", result.trainSeconds());
    return fields;
  }

  static Map<String, Object> of(PairedTest pair) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("a", pair.a());
    fields.put("b", pair.b());
    fields.put("paired_test_images", pair.testImages());
    fields.put("accuracy_difference", pair.accuracyDifference());
    fields.put(
        "difference_lower_95", pair.differenceInterval().map(Interval::lower).orElse(Double.NaN));
    fields.put(
        "difference_upper_95", pair.differenceInterval().map(Interval::upper).orElse(Double.NaN));
    fields.put("both_right", pair.bothRight());
    fields.put("only_a_right", pair.onlyARight());
    fields.put("only_b_right", pair.onlyBRight());
    fields.put("neither_right", pair.neitherRight());
    fields.put("exact_p", pair.exactP());
    return fields;
  }

  static Map<String, Object> of(Calibration.Bin bin) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("probability_above", bin.lower());
    fields.put("probability_to", bin.upper());
    fields.put("images", bin.images());
    fields.put("mean_probability", bin.meanProbability());
    fields.put("accuracy", bin.accuracy());
    return fields;
  }

  static Map<String, Object> of(ClassRecall of) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("class_name", of.className());
    fields.put("images", of.images());
    fields.put("recall", of.recall());
    return fields;
  }

  static Map<String, Object> of(ClassGain of) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("class_name", of.className());
    fields.put("images", of.images());
    fields.put("recall_a", of.recallA());
    fields.put("recall_b", of.recallB());
    fields.put("gain", of.gain());
    return fields;
  }

  private static Object count(OptionalLong count) {
    return count.isPresent() ? (Object) count.getAsLong() : (Object) Double.NaN;
  }
}
