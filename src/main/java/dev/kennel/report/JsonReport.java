package dev.kennel.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A comparison as one JSON object. */
final class JsonReport {

  private JsonReport() {}

  static String of(Comparison comparison) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("verdict", comparison.verdict());
    report.put("candidates", comparison.candidates().stream().map(JsonReport::candidate).toList());
    report.put("pairs", comparison.pairs().stream().map(JsonReport::pair).toList());
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a comparison as JSON: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> candidate(Candidate candidate) {
    Map<String, Object> fields = withoutNaN(Fields.of(candidate));
    fields.put("results", objects(candidate.results(), Fields::of));
    fields.put(
        "calibration",
        objects(candidate.calibration().map(Calibration::bins).orElse(List.of()), Fields::of));
    fields.put("classes", objects(candidate.classes(), Fields::of));
    return fields;
  }

  private static Map<String, Object> pair(PairedTest pair) {
    Map<String, Object> fields = withoutNaN(Fields.of(pair));
    fields.put("gains", objects(pair.gains(), Fields::of));
    fields.put("verdict", pair.verdict());
    return fields;
  }

  private static <T> List<Map<String, Object>> objects(
      List<T> of, Function<T, Map<String, Object>> fields) {
    return of.stream().map(fields).map(JsonReport::withoutNaN).toList();
  }

  /** JSON has no NaN and no infinity: such a figure is null. */
  private static Map<String, Object> withoutNaN(Map<String, Object> fields) {
    fields.replaceAll(
        (name, value) -> value instanceof Double figure && !Double.isFinite(figure) ? null : value);
    return fields;
  }
}
