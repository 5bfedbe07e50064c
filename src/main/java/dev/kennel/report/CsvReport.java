package dev.kennel.report;

import static java.util.stream.Collectors.joining;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A comparison as comma-separated values (RFC 4180, but for its line breaks), a line a candidate.
 */
final class CsvReport {

  private static final List<String> PAIRED =
      List.of(
          "best",
          "paired_test_images",
          "accuracy_behind_best",
          "behind_lower_95",
          "behind_upper_95",
          "both_right",
          "only_best_right",
          "only_this_right",
          "neither_right",
          "exact_p");

  private CsvReport() {}

  static String of(Comparison comparison) {
    StringBuilder csv = new StringBuilder();
    for (Candidate candidate : comparison.candidates()) {
      Map<String, Object> fields = Fields.of(candidate);
      if (csv.isEmpty()) {
        csv.append(line(fields.keySet(), PAIRED));
      }
      csv.append(line(fields.values(), againstBest(comparison, candidate)));
    }
    return csv.toString();
  }

  private static Collection<?> againstBest(Comparison comparison, Candidate candidate) {
    // The pairs of the best candidate come first, with it as A.
    for (PairedTest pair : comparison.pairs()) {
      if (pair.b().equals(candidate.name())) {
        Map<String, Object> fields = Fields.of(pair);
        fields.remove("b");
        return fields.values();
      }
    }
    return Collections.nCopies(PAIRED.size(), "");
  }

  private static String line(Collection<?> candidate, Collection<?> paired) {
    return Stream.concat(candidate.stream(), paired.stream())
            .map(CsvReport::value)
            .collect(joining(","))
        + "\n";
  }

  private static String value(Object value) {
    if (value instanceof Double figure && !Double.isFinite(figure)) {
      return "";
    }
    String text = value.toString();
    return text.matches("(?s).*[\",\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
