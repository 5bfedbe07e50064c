package dev.kennel.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.LocalSpark;
import dev.kennel.report.Selection;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts every number of the page again, by SQL from the tables alone. */
class ReportFiguresTest {
  private static final List<String> CLASSES = List.of("pug", "beagle", "boxer", "collie", "husky");
  private static final List<String> NETWORKS = List.of("resnet18", "resfcn18"); // the best first

  /**
   * How far two bootstraps of these images may differ in an end: four standard errors of both, of
   * about 0.05 standard deviations of the accuracies, which are 0.03.
   */
  private static final Offset<Double> OTHER_DRAWS = within(0.006);

  private static String page;
  private static JsonNode data;

  @BeforeAll
  static void makePage(@TempDir Path output) throws IOException {
    TableStore tables = new TableStore(LocalSpark.session(), output.toString());
    List<String> paths = IntStream.range(0, 210).mapToObj(i -> "dogs/" + i + ".jpg").toList();
    GeneratedTables generated = new GeneratedTables(tables, CLASSES, paths);
    for (String run : List.of("first", "second")) {
      generated.run(run, "finished", run.length(), run.hashCode());
      generated.rejected(run, 7, "truncated", "half of it");
      generated.rejected(run, run.length(), "empty", "0 bytes");
      for (String network : NETWORKS) {
        boolean isBest = network.equals("resnet18");
        generated.network(run, network, isBest ? 11_000_000 : 54_000_000);
        generated.epoch(run, network, 1, 0.2, isBest ? 3.5 : 2);
        generated.epoch(run, network, 2, 0.3, isBest ? 3.25 : 2);
        generated.lastEpoch(run, network, 3, isBest ? 0.6 : 0.4, isBest ? 3 : 2);
      }
    }
    page =
        new ReportPage(tables, Optional.empty(), said -> {})
            .of(Selection.runs(List.of("first", "second")));
    data = new ObjectMapper().readTree(found("(?s)id=\"data\">(.*?)</script>", page));
    tables.registerViews();
    LocalSpark.session()
        .sql("select *, predicted_label = label as is_right from predictions where split = 'test'")
        .createOrReplaceTempView("answers");
    assertThat(data.get("candidates")).extracting(JsonNode::asText).isEqualTo(NETWORKS);
  }

  @Test
  void pointsOfCurvesAreTheRowsOfEpochs() {
    List<List<Object>> points = new ArrayList<>();
    for (JsonNode point : data.get("curve")) {
      points.add(
          List.of(
              network(point),
              point.get("run").asText(),
              point.get("epoch").asInt(),
              point.get("split").asText(),
              point.get("loss").asDouble(),
              point.get("accuracy").asDouble()));
    }
    assertThat(points)
        .containsExactlyInAnyOrderElementsOf(
            rows("select network, run_id, epoch, split, loss, accuracy from epochs"))
        .hasSize(24);
  }

  @Test
  void costIsTheMeanTimeOfARunAndTheAccuracyThatOfAllAnswers() {
    Map<String, Row> byNetwork =
        byFirst(
            "select network, sum(seconds) / count(distinct run_id), first(a.accuracy), first(n.p)"
                + " from epochs"
                + " join (select network, avg(int(is_right)) as accuracy from answers"
                + " group by network) a using (network)"
                + " join (select network, max(parameters) as p from networks group by network) n"
                + " using (network) where split = 'train' group by network");
    for (JsonNode point : data.get("cost")) {
      Row expected = byNetwork.get(network(point));
      assertThat(point.get("seconds").asDouble()).isCloseTo(expected.getDouble(1), within(1e-12));
      assertThat(point.get("accuracy").asDouble()).isCloseTo(expected.getDouble(2), within(1e-12));
      assertThat(point.get("parameters").asLong()).isEqualTo(expected.getLong(3));
    }
  }

  @Test
  void endsOfIntervalsAreThoseOfABootstrapInSql() {
    Row ends =
        LocalSpark.session()
            .sql(
                """
                with images as (
                  select row_number() over (order by path) - 1 as image,
                    count_if(network = 'resnet18') as answers_a,
                    count_if(network = 'resnet18' and is_right) as right_a,
                    count_if(network = 'resfcn18') as answers_b,
                    count_if(network = 'resfcn18' and is_right) as right_b
                  from answers group by path),
                draws as (
                  select id div 210 as resample, int(210 * rand(7)) as image
                  from range(0, 210 * 4000, 1, 2)),
                accuracies as (
                  select sum(right_a) / sum(answers_a) as a, sum(right_b) / sum(answers_b) as b
                  from draws join images using (image) group by resample)
                select percentile(a, 0.025), percentile(a, 0.975), percentile(b, 0.025),
                  percentile(b, 0.975), percentile(a - b, 0.025), percentile(a - b, 0.975)
                from accuracies""")
            .first();
    for (int of = 0; of < 2; of++) {
      JsonNode point = data.get("cost").get(of);
      int first = network(point).equals("resnet18") ? 0 : 2;
      assertThat(point.get("lower").asDouble()).isCloseTo(ends.getDouble(first), OTHER_DRAWS);
      assertThat(point.get("upper").asDouble()).isCloseTo(ends.getDouble(first + 1), OTHER_DRAWS);
    }
    String difference = cells("resnet18 against resfcn18").get(1);
    Matcher interval = Pattern.compile("(-?[\\d.]+) to (-?[\\d.]+)").matcher(difference);
    assertThat(interval.find()).as(difference).isTrue();
    for (int end = 0; end < 2; end++) {
      assertThat(Double.parseDouble(interval.group(1 + end)) / 100)
          .isCloseTo(ends.getDouble(4 + end), OTHER_DRAWS);
    }
  }

  @Test
  void cellsOfConfusionAreCountsOfAnswers() {
    List<List<Object>> cells = new ArrayList<>();
    List<List<Object>> images = new ArrayList<>();
    for (JsonNode of : data.get("confusion")) {
      for (JsonNode cell : of.get("cells")) {
        cells.add(
            List.of(
                network(of), className(cell.get(0)), className(cell.get(1)), cell.get(2).asLong()));
      }
      for (int i = 0; i < CLASSES.size(); i++) {
        images.add(
            List.of(
                network(of),
                data.get("classes").get(i).asText(),
                of.get("images").get(i).asLong()));
      }
    }
    assertThat(cells)
        .containsExactlyInAnyOrderElementsOf(
            rows(
                "select network, class_name, predicted_class, count(*) from answers"
                    + " group by network, class_name, predicted_class"));
    assertThat(images)
        .containsExactlyInAnyOrderElementsOf(
            rows("select network, class_name, count(*) from answers group by network, class_name"));
  }

  @Test
  void barsAreRecallsTheGreatestGainFirst() {
    List<Row> expected =
        LocalSpark.session()
            .sql(
                "select class_name,"
                    + " avg(int(is_right)) filter (where network = 'resnet18') as a,"
                    + " avg(int(is_right)) filter (where network = 'resfcn18') as b"
                    + " from answers group by class_name order by a - b desc")
            .collectAsList();
    for (int i = 0; i < CLASSES.size(); i++) {
      JsonNode bar = data.get("recall").get(i);
      assertThat(className(bar.get("position"))).isEqualTo(expected.get(i).getString(0));
      for (int of = 0; of < 2; of++) {
        assertThat(bar.get("recalls").get(of).asDouble())
            .isCloseTo(expected.get(i).getDouble(1 + of), within(1e-12));
      }
    }
  }

  @Test
  void binsOfCalibrationAreMeansOfAnswers() {
    Map<String, Row> expected =
        byFirst(
            "select concat(network, ' ', int(ceil(probability * 15))), count(*),"
                + " avg(probability), avg(int(is_right)) from answers group by 1");
    assertThat(data.get("calibration")).hasSameSizeAs(expected.keySet());
    for (JsonNode bin : data.get("calibration")) {
      long index = Math.round(bin.get("upper").asDouble() * 15);
      Row of = expected.get(network(bin) + " " + index);
      assertThat(bin.get("lower").asDouble()).isCloseTo((index - 1) / 15.0, within(1e-12));
      assertThat(bin.get("images").asLong()).isEqualTo(of.getLong(1));
      assertThat(bin.get("meanProbability").asDouble()).isCloseTo(of.getDouble(2), within(1e-12));
      assertThat(bin.get("accuracy").asDouble()).isCloseTo(of.getDouble(3), within(1e-12));
    }
  }

  @Test
  void imagesThatBothOrOneGotWrongAreCountedAsThePairedTestCountsThem() {
    Row counts =
        LocalSpark.session()
            .sql(
                "select count_if(a = 0 and b = 0), count_if(a < b), count_if(a > b),"
                    + " count_if(a = b and a > 0) from (select path,"
                    + " avg(int(is_right)) filter (where network = 'resnet18') as a,"
                    + " avg(int(is_right)) filter (where network = 'resfcn18') as b"
                    + " from answers group by path)")
            .first();
    String images = found("(?s)<section id=\"images\"(.*?)</section>", page);
    List<String> groups = List.of(images.split("<h3>"));

    for (int kind = 0; kind < 3; kind++) {
      String group = groups.get(1 + kind);
      Matcher said = Pattern.compile("([\\d,]+) images; here").matcher(group);
      long shown = group.split("<li ", -1).length - 1L;
      assertThat(said.find() ? Long.parseLong(said.group(1).replace(",", "")) : shown)
          .as(group.substring(0, 40))
          .isEqualTo(counts.getLong(kind));
    }
    assertThat(cells("resnet18 against resfcn18").subList(3, 7))
        .containsExactly(
            "" + counts.getLong(3),
            "" + counts.getLong(2),
            "" + counts.getLong(1),
            "" + counts.getLong(0));
  }

  @Test
  void theSummaryIsMadeOfLastEpochsAndAnswers() {
    Map<String, Row> byNetwork =
        byFirst(
            "select network, avg(accuracy), stddev_samp(accuracy), avg(top5_accuracy),"
                + " avg(macro_f1), avg(loss), count(*) from epochs"
                + " where split = 'test' and epoch = 3 group by network");
    Map<String, Row> errors =
        byFirst(
            "select network, sum(n * abs(p - r)) / sum(n) from (select network, count(*) as n,"
                + " avg(probability) as p, avg(int(is_right)) as r from answers"
                + " group by network, ceil(probability * 15)) group by network");
    Map<String, Row> speeds =
        byFirst(
            "select network, sum(seconds) / count(distinct run_id), sum(examples) / sum(seconds)"
                + " from epochs where split = 'train' group by network");
    for (String network : NETWORKS) {
      Row of = byNetwork.get(network);
      List<String> cells = cells(network);
      cells.remove(1); // the interval, which has a test of its own
      assertThat(cells)
          .containsExactly(
              Figures.share(of.getDouble(1)),
              Figures.share(of.getDouble(2)),
              Figures.share(of.getDouble(3)),
              Figures.figure(of.getDouble(4)),
              Figures.figure(of.getDouble(5)),
              Figures.share(errors.get(network).getDouble(1)),
              Figures.rate(speeds.get(network).getDouble(1)),
              Figures.rate(speeds.get(network).getDouble(2)),
              network.equals("resnet18") ? "11,000,000" : "54,000,000",
              network.equals("resnet18") ? "2.20" : "10.8",
              "3",
              "420",
              "2");
    }
  }

  @Test
  void rejectedImagesAreCountedOnceWhateverTheRuns() {
    for (Row row :
        LocalSpark.session()
            .sql("select reason, count(distinct path) from rejected_images group by reason")
            .collectAsList()) {
      assertThat(cells(row.getString(0))).containsExactly("" + row.getLong(1));
    }
  }

  private static String network(JsonNode of) {
    return data.get("candidates").get(of.get("candidate").asInt()).asText();
  }

  private static String className(JsonNode position) {
    return data.get("classes").get(position.asInt()).asText();
  }

  private static List<List<Object>> rows(String query) {
    return LocalSpark.session().sql(query).collectAsList().stream()
        .map(row -> IntStream.range(0, row.size()).mapToObj(row::get).toList())
        .toList();
  }

  private static Map<String, Row> byFirst(String query) {
    Map<String, Row> rows = new HashMap<>();
    LocalSpark.session().sql(query).collectAsList().forEach(row -> rows.put(row.getString(0), row));
    return rows;
  }

  /** What the first row of that name says. */
  private static List<String> cells(String name) {
    String row = found("(?s)<tr><th scope=\"row\">" + name + "</th>(.*?)</tr>", page);
    return new ArrayList<>(
        Pattern.compile("<td[^>]*>([^<]*)</td>")
            .matcher(row)
            .results()
            .map(m -> m.group(1))
            .toList());
  }

  private static String found(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
