package dev.kennel.report;

import static java.util.stream.Collectors.joining;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** A comparison as comma-separated values (RFC 4180, but for its line breaks), a line a network. */
final class CsvReport {

  private static final List<String> PAIRED =
      List.of(
          "best_network",
          "paired_test_images",
          "both_right",
          "only_best_right",
          "only_this_right",
          "neither_right",
          "mcnemar_exact_p");

  private CsvReport() {}

  static String of(Comparison comparison) {
    StringBuilder csv = new StringBuilder();
    for (NetworkResult network : comparison.networks()) {
      if (csv.isEmpty()) {
        csv.append(line(network.fields().keySet(), PAIRED));
      }
      csv.append(line(network.fields().values(), againstBest(comparison, network)));
    }
    return csv.toString();
  }

  private static List<?> againstBest(Comparison comparison, NetworkResult network) {
    // The pairs of the best network come first, with it as A.
    return comparison.pairs().stream()
        .filter(pair -> pair.runId().equals(network.runId()))
        .filter(pair -> pair.networkB().equals(network.network()))
        .findFirst()
        .<List<?>>map(
            pair ->
                List.of(
                    pair.networkA(),
                    pair.testImages(),
                    pair.bothRight(),
                    pair.onlyARight(),
                    pair.onlyBRight(),
                    pair.neitherRight(),
                    pair.exactP()))
        .orElse(Collections.nCopies(PAIRED.size(), ""));
  }

  private static String line(Collection<?> network, Collection<?> paired) {
    return Stream.concat(network.stream(), paired.stream())
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
