package dev.kennel.page;

import static dev.kennel.page.Markup.table;
import static dev.kennel.page.Markup.text;

import dev.kennel.dataset.NamedImages.Found;
import dev.kennel.page.ChartData.Confusion;
import dev.kennel.page.WrongImage.Answer;
import dev.kennel.report.Candidate;
import dev.kennel.report.Comparison;
import dev.kennel.report.Interval;
import dev.kennel.report.PairedTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;

/** The parts of the page, each as HTML. */
final class Sections {
  /** Classes in one chart of bars, so that it fits a printed page. */
  private static final int BARS = 40;

  /** Grids of no more classes have room beside each other. */
  private static final int SIDE_BY_SIDE = 16;

  private static final int CONFUSED_PAIRS = 15;
  private static final int REJECTED = 100; // that are listed

  private Sections() {}

  /** A part with its heading; its id is what the contents link to. */
  static String section(String id, String title, String content) {
    return """
        <section id="%1$s" aria-labelledby="%1$s-title">
        <h2 id="%1$s-title">%2$s</h2>
        %3$s</section>
        """
        .formatted(id, title, content);
  }

  static String paragraph(String sentence) {
    return "<p class=\"note\">" + text(sentence) + "</p>\n";
  }

  /**
   * A chart, drawn by the page's script, and the table behind it.
   *
   * @param kind what the script draws
   * @param id of this chart, of several of a kind
   * @param part which of several of a kind, from 0
   * @param description what a reader who does not see it is told
   */
  private static String chart(String kind, int part, String title, String description) {
    return """
        <figure id="%1$s-%2$d" class="%1$s">
        <figcaption>%3$s</figcaption>
        <div class="chart" role="img" aria-label="%3$s" aria-describedby="%1$s-%2$d-is" \
        data-kind="%1$s" data-part="%2$d"></div>
        <p class="hidden" id="%1$s-%2$d-is">%4$s</p>
        <details class="data" id="%1$s-%2$d-data"><summary>Data as a table</summary></details>
        </figure>
        """
        .formatted(kind, part, text(title), text(description));
  }

  static String summary(Comparison comparison) {
    List<List<String>> rows = comparison.candidates().stream().map(Sections::summaryRow).toList();
    List<String> header =
        List.of(
            "Candidate",
            "Accuracy",
            "95 % interval",
            "Deviation over runs",
            "Top-5",
            "Macro F1",
            "Loss (nats)",
            "Calibration error",
            "Training (s)",
            "Images/s",
            "Parameters",
            "GFLOPs",
            "Epochs",
            "Test images",
            "Runs");
    String pairs = comparison.pairs().isEmpty() ? "" : pairedTests(comparison.pairs());
    return table("Candidates, the most accurate first", header, rows) + pairs;
  }

  private static List<String> summaryRow(Candidate candidate) {
    return List.of(
        candidate.name(),
        Figures.share(candidate.accuracy()),
        candidate.accuracyInterval().map(Figures::interval).orElse(Figures.NONE),
        Figures.share(candidate.accuracyDeviation()),
        Figures.share(candidate.top5Accuracy()),
        Figures.figure(candidate.macroF1()),
        Figures.figure(candidate.loss()),
        candidate
            .calibration()
            .map(calibration -> Figures.share(calibration.expectedError()))
            .orElse(Figures.NONE),
        Figures.rate(candidate.cost().trainSeconds()),
        Figures.rate(candidate.cost().imagesPerSecond()),
        Figures.count(candidate.cost().parameters()),
        Figures.billions(candidate.cost().forwardFlopsPerImage()),
        Integer.toString(candidate.epochs()),
        Figures.count(candidate.testImages()),
        Integer.toString(candidate.results().size()));
  }

  private static String pairedTests(List<PairedTest> pairs) {
    List<List<String>> rows = new ArrayList<>();
    for (PairedTest pair : pairs) {
      rows.add(
          List.of(
              pair.a() + " against " + pair.b(),
              points(pair.accuracyDifference()),
              pair.differenceInterval().map(Sections::interval).orElse(Figures.NONE),
              probability(pair.exactP()),
              Figures.count(pair.bothRight()),
              Figures.count(pair.onlyARight()),
              Figures.count(pair.onlyBRight()),
              Figures.count(pair.neitherRight())));
    }
    boolean isRepeated = pairs.stream().anyMatch(PairedTest::isRepeated);
    String test = isRepeated ? "p (sign test)" : "p (McNemar exact)";
    List<String> header =
        List.of(
            "On the same images",
            "Difference (points)",
            "95 % interval",
            test,
            "Both right",
            "Only the first right",
            "Only the second right",
            "Neither right");
    return table("Paired tests", header, rows);
  }

  private static String points(double difference) {
    return Figures.rate(100 * difference);
  }

  private static String interval(Interval interval) {
    return points(interval.lower()) + " to " + points(interval.upper());
  }

  private static String probability(double p) {
    return p < 0.001 ? "< 0.001" : Figures.figure(p);
  }

  static String curves(ChartData data) {
    String names = names(data.candidates());
    return "<div class=\"pair\">\n"
        + chart("loss", 0, "Loss by epoch", "Lines of the loss by epoch, of " + names + ".")
        + chart(
            "accuracy", 0, "Accuracy by epoch", "Lines of the accuracy by epoch, of " + names + ".")
        + "</div>\n"
        + paragraph(
            "Solid lines: test images, after the epoch. Dashed: training images, the mean over the"
                + " epoch as it happened, with variation. A line is a run.");
  }

  static String cost(ChartData data) {
    String points =
        data.candidates().stream()
            .map(name -> name)
            .collect(Collectors.joining(", ", "Points with 95 % intervals, of ", "."));
    return "<div class=\"pair\">\n"
        + chart("seconds", 0, "Accuracy against training time", points)
        + chart("parameters", 0, "Accuracy against size", points)
        + "</div>\n";
  }

  static String confusion(ChartData data) {
    boolean isSmall = data.classes().size() <= SIDE_BY_SIDE;
    StringBuilder html = new StringBuilder(isSmall ? "<div class=\"pair\">\n" : "<div>\n");
    for (int i = 0; i < data.confusion().size(); i++) {
      String name = data.candidates().get(data.confusion().get(i).candidate());
      html.append(
          chart(
              "confusion",
              i,
              "What " + name + " takes images for",
              "A grid of %d actual by as many predicted classes; classes that are taken for each"
                      .formatted(data.classes().size())
                  + " other lie side by side. The table below names the most confused."));
    }
    return html
        + "</div>\n"
        + paragraph(
            "A row is an actual class, a column a predicted one; the colour is the share of the"
                + " row's images. Both grids have the same order: classes that are taken for each"
                + " other lie side by side.")
        + confusedPairs(data);
  }

  private static String confusedPairs(ChartData data) {
    Map<List<Long>, long[]> counts = new TreeMap<>(Comparator.comparing(List::toString));
    for (int i = 0; i < data.confusion().size(); i++) {
      for (List<Long> cell : data.confusion().get(i).cells()) {
        if (!cell.get(0).equals(cell.get(1))) {
          List<Long> pair = cell.subList(0, 2);
          counts.computeIfAbsent(pair, p -> new long[data.confusion().size()])[i] = cell.get(2);
        }
      }
    }
    List<String> header = new ArrayList<>(List.of("Class", "taken for"));
    data.confusion().forEach(of -> header.add("by " + data.candidates().get(of.candidate())));
    header.add("Images of the class");
    List<List<String>> rows =
        counts.entrySet().stream()
            .sorted(Comparator.comparingLong(pair -> -sum(pair.getValue())))
            .limit(CONFUSED_PAIRS)
            .map(pair -> confusedPair(data, pair.getKey(), pair.getValue()))
            .toList();
    return rows.isEmpty() ? "" : table("The most confused classes", header, rows);
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  private static List<String> confusedPair(ChartData data, List<Long> pair, long[] counts) {
    int actual = pair.get(0).intValue();
    List<String> row = new ArrayList<>();
    row.add(data.classes().get(actual));
    row.add(data.classes().get(pair.get(1).intValue()));
    for (int i = 0; i < counts.length; i++) {
      row.add(Figures.count(counts[i]));
    }
    row.add(
        data.confusion().stream()
            .map(of -> Figures.count(of.images().get(actual)))
            .distinct()
            .collect(Collectors.joining(" | ")));
    return row;
  }

  static String classes(ChartData data) {
    StringBuilder html = new StringBuilder("<div class=\"bars\">\n");
    int classes = data.recall().size();
    String by = data.confusion().size() == 2 ? ", by gain" : "";
    for (int part = 0; part * BARS < classes; part++) {
      int last = Math.min(classes, (part + 1) * BARS);
      String which = classes <= BARS ? "" : ", classes %d to %d".formatted(part * BARS + 1, last);
      html.append(
          chart(
              "recall",
              part,
              "Recall of each class" + by + which,
              "Bars of the share of each class's images that " + best(data) + " found."));
    }
    return html + "</div>\n";
  }

  private static String best(ChartData data) {
    return names(
        data.confusion().stream()
            .map(Confusion::candidate)
            .map(candidate -> data.candidates().get(candidate))
            .toList());
  }

  private static String names(List<String> names) {
    int last = names.size() - 1;
    return last < 1
        ? String.join("", names)
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }

  /** The images that a candidate by itself got wrong. */
  static String images(String name, List<WrongImage> wrong, Map<String, Found<String>> thumbnails) {
    String which = "At most %d, those with the surest wrong answers first.";
    return paragraph(wrong.isEmpty() ? "None is wrong." : which.formatted(wrong.size()))
        + pictures(List.of(name), wrong, thumbnails);
  }

  /** The images that both candidates got wrong, or one. */
  static String images(
      PairedTest pair, List<WrongImage> wrong, Map<String, Found<String>> thumbnails) {
    List<String> names = List.of(pair.a(), pair.b());
    Map<String, Predicate<WrongImage>> kinds = new LinkedHashMap<>();
    kinds.put("Both are wrong", image -> image.a().isWrong() && image.b().isWrong());
    kinds.put("Only " + pair.a() + " is wrong", image -> !image.b().isWrong());
    kinds.put("Only " + pair.b() + " is wrong", image -> !image.a().isWrong());
    Iterator<Long> counts =
        List.of(pair.neitherRight(), pair.onlyBRight(), pair.onlyARight()).iterator();
    StringBuilder html = new StringBuilder();
    kinds.forEach(
        (title, belongs) -> {
          List<WrongImage> shown = wrong.stream().filter(belongs).toList();
          long count = counts.next();
          String which =
              count > shown.size()
                  ? "%s images; here %d, those with the surest wrong answers first."
                      .formatted(Figures.count(count), shown.size())
                  : count == 0 ? "No image." : "The surest wrong answers first.";
          html.append("<h3>").append(text(title)).append("</h3>\n");
          html.append(paragraph(which)).append(pictures(names, shown, thumbnails));
        });
    String repeated =
        "Of several runs, the answer is the one that was given the highest probability.";
    return (pair.isRepeated() ? paragraph(repeated) : "") + html;
  }

  private static String pictures(
      List<String> names, List<WrongImage> images, Map<String, Found<String>> thumbnails) {
    return images.isEmpty()
        ? ""
        : images.stream()
            .map(image -> picture(names, image, thumbnails.get(image.path())))
            .collect(Collectors.joining("\n", "<ul class=\"images\">\n", "\n</ul>\n"));
  }

  private static String picture(List<String> names, WrongImage image, Found<String> thumbnail) {
    String file = image.path().substring(image.path().lastIndexOf('/') + 1);
    String picture =
        thumbnail
            .made()
            .map(
                url ->
                    "<img src=\"%s\" alt=\"%s\" width=\"%3$d\" height=\"%3$d\">"
                        .formatted(url, text(image.className() + ", " + file), Thumbnails.SIZE))
            .orElse("<p class=\"gone\">Not shown: " + text(thumbnail.problem()) + "</p>");
    String answers =
        names.size() == 1
            ? answer("", image.a())
            : answer(names.get(0), image.a()) + answer(names.get(1), image.b());
    return "<li title=\"%s\">%s<p><strong>%s</strong></p>%s</li>"
        .formatted(text(image.path()), picture, text(image.className()), answers);
  }

  private static String answer(String name, Answer answer) {
    String said = answer.isWrong() ? answer.className() : "right";
    return "<p class=\"%s\"><span>%s %s</span> %s</p>"
        .formatted(
            answer.isWrong() ? "wrong" : "right",
            text(name),
            Figures.share(answer.probability()),
            text(said));
  }

  static String calibration(ChartData data, List<Candidate> candidates) {
    List<List<String>> rows =
        candidates.stream()
            .filter(candidate -> candidate.calibration().isPresent())
            .map(
                candidate ->
                    List.of(
                        candidate.name(),
                        Figures.share(candidate.calibration().get().expectedError()),
                        Figures.share(candidate.accuracy()),
                        Figures.share(meanProbability(candidate))))
            .toList();
    return chart(
            "calibration",
            0,
            "Accuracy by the probability of the answer",
            "Lines of accuracy by mean probability, of bins of equal width, of "
                + names(data.candidates())
                + ". On the diagonal, probabilities are what they say.")
        + paragraph(
            "On the dashed line, answers are right as often as their probability says. The larger a"
                + " symbol, the more answers. The calibration error is the mean distance from the"
                + " line, over all answers.")
        + table(
            "Expected calibration error",
            List.of("Candidate", "Calibration error", "Accuracy", "Mean probability"),
            rows);
  }

  private static double meanProbability(Candidate candidate) {
    double sum = 0;
    long images = 0;
    for (var bin : candidate.calibration().orElseThrow().bins()) {
      sum += bin.images() * bin.meanProbability();
      images += bin.images();
    }
    return sum / images;
  }

  /** Of rows of {@link PageTables#rejected}. */
  static String rejected(List<Row> images) {
    if (images.isEmpty()) {
      return paragraph("None: every image could be read.");
    }
    Map<String, Long> counts =
        images.stream()
            .collect(
                Collectors.groupingBy(row -> row.<String>getAs("reason"), Collectors.counting()));
    List<List<String>> reasons =
        counts.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map(reason -> List.of(reason.getKey(), Figures.count(reason.getValue())))
            .toList();
    List<List<String>> files =
        images.stream()
            .limit(REJECTED)
            .map(
                row ->
                    List.of(
                        row.<String>getAs("path"),
                        row.<String>getAs("reason"),
                        Figures.count(row.<Long>getAs("bytes")),
                        row.<String>getAs("detail")))
            .toList();
    int left = images.size() - files.size();
    String more =
        left > 0 ? paragraph(Figures.count(left) + " more are in the table rejected_images.") : "";
    return table("Rejected images by reason", List.of("Reason", "Images"), reasons)
        + "<details id=\"rejected-files\"><summary>The files</summary>\n"
        + table("Rejected files", List.of("File", "Reason", "Bytes", "Detail"), files)
        + more
        + "</details>\n";
  }
}
