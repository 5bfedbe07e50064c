package dev.kennel.report;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/** A comparison as text: an aligned table, a sentence on every two candidates, and class gains. */
final class TextReport {

  private static final int RUNS_NAMED = 4;
  private static final int CLASSES_NAMED = 3;

  private TextReport() {}

  static String of(Comparison comparison) {
    StringBuilder text = new StringBuilder(runs(comparison)).append("\n\n");
    text.append(table(comparison.candidates())).append('\n');
    if (comparison.pairs().isEmpty()) {
      text.append(comparison.verdict()).append('\n');
    }
    comparison.pairs().forEach(pair -> text.append(pair.verdict()).append('\n'));
    if (!comparison.pairs().isEmpty()) {
      text.append(gains(comparison.pairs().get(0)));
    }
    return text.toString();
  }

  private static String runs(Comparison comparison) {
    Map<String, String> statuses = new LinkedHashMap<>();
    comparison
        .candidates()
        .forEach(of -> of.results().forEach(r -> statuses.put(r.runId(), r.status())));
    List<String> ids = statuses.keySet().stream().sorted().toList();
    if (ids.size() > RUNS_NAMED) {
      return "%d runs from %s to %s".formatted(ids.size(), ids.get(0), ids.get(ids.size() - 1));
    }
    String named =
        ids.stream().map(id -> "%s (%s)".formatted(id, statuses.get(id))).collect(joining(", "));
    boolean areFinished = statuses.values().stream().allMatch("finished"::equals);
    return (ids.size() == 1 ? "Run " : "Runs ")
        + named
        + (areFinished ? "" : ", as of the last complete epoch of each network");
  }

  private static String table(List<Candidate> candidates) {
    Map<String, Function<Candidate, String>> columns = new LinkedHashMap<>();
    columns.put("network", Candidate::name);
    if (candidates.stream().anyMatch(of -> of.results().size() > 1)) {
      columns.put("runs", of -> Integer.toString(of.results().size()));
    }
    columns.put("epochs", of -> Integer.toString(of.epochs()));
    columns.put("images", of -> Long.toString(of.testImages()));
    columns.put("accuracy", of -> number("%.1f %%", 100 * of.accuracy()));
    columns.put("95 % interval", of -> of.accuracyInterval().map(TextReport::range).orElse("-"));
    if (columns.containsKey("runs")) {
      columns.put("s.d. of runs", of -> number("%.1f", 100 * of.accuracyDeviation()));
    }
    columns.put("top-5", of -> number("%.1f %%", 100 * of.top5Accuracy()));
    columns.put("macro F1", of -> number("%.3f", of.macroF1()));
    columns.put("loss", of -> number("%.3f", of.loss()));
    columns.put(
        "ECE", of -> of.calibration().map(c -> number("%.3f", c.expectedError())).orElse("-"));
    columns.put("parameters", of -> count(of.cost().parameters(), 1));
    columns.put("MFLOPs", of -> count(of.cost().forwardFlopsPerImage(), 1e6));
    columns.put("train s", of -> number("%.1f", of.cost().trainSeconds()));
    columns.put("images/s", of -> number("%.1f", of.cost().imagesPerSecond()));
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.copyOf(columns.keySet()));
    candidates.forEach(
        of -> lines.add(columns.values().stream().map(cell -> cell.apply(of)).toList()));
    return AlignedText.of(lines);
  }

  private static String range(Interval interval) {
    return number("%.1f", 100 * interval.lower())
        + " to "
        + number("%.1f %%", 100 * interval.upper());
  }

  private static String count(OptionalLong count, double unit) {
    return count.isPresent() ? String.format(Locale.ROOT, "%,.0f", count.getAsLong() / unit) : "-";
  }

  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
  }

  private static String gains(PairedTest pair) {
    List<ClassGain> gains = pair.gains();
    int shown = Math.min(CLASSES_NAMED, gains.size() / 2);
    if (shown == 0) {
      return "";
    }
    String most = gains.stream().limit(shown).map(TextReport::gain).collect(joining(", "));
    String least =
        gains.stream().skip(gains.size() - shown).map(TextReport::gain).collect(joining(", "));
    return """

        Recall of classes, %s less %s, in points:
          most   %s
          least  %s
        """
        .formatted(pair.a(), pair.b(), most, least);
  }

  private static String gain(ClassGain of) {
    return of.className() + String.format(Locale.ROOT, " %+.1f", 100 * of.gain());
  }
}
