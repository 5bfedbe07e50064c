package dev.kennel.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A comparison as one JSON object. */
final class JsonReport {

  private JsonReport() {}

  static String of(Comparison comparison) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put(
        "networks", objects(comparison.networks().stream().map(NetworkResult::fields).toList()));
    report.put("pairs", objects(comparison.pairs().stream().map(JsonReport::fields).toList()));
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a comparison as JSON: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> fields(PairedTest pair) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", pair.runId());
    fields.put("network_a", pair.networkA());
    fields.put("network_b", pair.networkB());
    fields.put("test_images", pair.testImages());
    fields.put("accuracy_difference", pair.accuracyDifference());
    fields.put("both_right", pair.bothRight());
    fields.put("only_a_right", pair.onlyARight());
    fields.put("only_b_right", pair.onlyBRight());
    fields.put("neither_right", pair.neitherRight());
    fields.put("mcnemar_exact_p", pair.exactP());
    fields.put("verdict", pair.verdict());
    return fields;
  }

  /** JSON has no NaN and no infinity: such a figure is null. */
  private static List<Map<String, Object>> objects(List<Map<String, Object>> objects) {
    objects.forEach(
        fields ->
            fields.replaceAll(
                (name, value) ->
                    value instanceof Double figure && !Double.isFinite(figure) ? null : value));
    return objects;
  }
}
