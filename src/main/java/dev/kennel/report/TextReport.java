package dev.kennel.report;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** A comparison as text: for each run an aligned table, and a sentence on every two networks. */
final class TextReport {

  private static final List<String> HEADER =
      List.of(
          "network",
          "epochs",
          "images",
          "accuracy",
          "95 % interval",
          "top-5",
          "macro F1",
          "loss",
          "parameters",
          "train s",
          "images/s");

  private TextReport() {}

  static String of(Comparison comparison) {
    Map<String, List<NetworkResult>> runs = new LinkedHashMap<>();
    comparison
        .networks()
        .forEach(n -> runs.computeIfAbsent(n.runId(), run -> new ArrayList<>()).add(n));
    return runs.values().stream()
        .map(networks -> section(networks, comparison.pairs()))
        .collect(joining("\n"));
  }

  private static String section(List<NetworkResult> networks, List<PairedTest> pairs) {
    NetworkResult first = networks.get(0);
    String unfinished =
        first.status().equals("finished") ? "" : ", as of the last complete epoch of each network";
    StringBuilder text = new StringBuilder();
    text.append("Run %s (%s)%s\n\n".formatted(first.runId(), first.status(), unfinished));
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADER);
    networks.forEach(network -> lines.add(cells(network)));
    text.append(aligned(lines)).append('\n');
    pairs.stream()
        .filter(pair -> pair.runId().equals(first.runId()))
        .forEach(pair -> text.append(pair.verdict()).append('\n'));
    if (networks.size() == 1) {
      text.append(
          "%s is the only network, so there is no pair to test.\n".formatted(first.network()));
    }
    return text.toString();
  }

  private static List<String> cells(NetworkResult network) {
    Interval interval = network.accuracyInterval();
    OptionalLong parameters = network.parameters();
    return List.of(
        network.network(),
        Integer.toString(network.epochs()),
        Long.toString(network.testImages()),
        number("%.1f %%", 100 * network.accuracy()),
        number("%.1f", 100 * interval.lower()) + " to " + number("%.1f %%", 100 * interval.upper()),
        number("%.1f %%", 100 * network.top5Accuracy()),
        number("%.3f", network.macroF1()),
        number("%.3f", network.loss()),
        parameters.isPresent() ? String.format(Locale.ROOT, "%,d", parameters.getAsLong()) : "-",
        number("%.1f", network.trainSeconds()),
        number("%.1f", network.imagesPerSecond()));
  }

  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
  }

  /** The first column flush left, the others flush right, two spaces between. */
  private static String aligned(List<List<String>> lines) {
    int[] widths =
        IntStream.range(0, HEADER.size())
            .map(i -> lines.stream().mapToInt(line -> line.get(i).length()).max().orElse(0))
            .toArray();
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      text.append(("%-" + widths[0] + "s").formatted(line.get(0)));
      for (int i = 1; i < widths.length; i++) {
        text.append(("%" + (widths[i] + 2) + "s").formatted(line.get(i)));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
