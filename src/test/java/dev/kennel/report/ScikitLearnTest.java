package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.LocalSpark;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The figures of a comparison beside those that scikit-learn, statsmodels and SciPy compute from
 * the same answers; {@code statistics/make_comparison.py} made them.
 */
class ScikitLearnTest {

  private static final Offset<Double> ROUNDING = within(1e-12);

  /** Two bootstraps of the same images end within two of them, of 300. */
  private static final Offset<Double> RESAMPLING = within(2.01 / 300);

  private static JsonNode fixture;
  private static Comparison once;
  private static Comparison repeated;
  private static TableStore tables;

  @BeforeAll
  static void compare(@TempDir Path output) throws IOException {
    try (InputStream json =
        ScikitLearnTest.class.getResourceAsStream("/statistics/comparison.json")) {
      fixture = new ObjectMapper().readTree(json);
    }
    tables = new TableStore(LocalSpark.session().newSession(), output.toString());
    ExampleTables example = new ExampleTables(tables);
    for (int seed = 1; seed <= 2; seed++) {
      example.run("seed-" + seed, "finished", seed);
    }
    for (JsonNode answers : fixture.get("answers")) {
      commit(answers, example);
    }
    once = Comparison.of(tables, Selection.runs(List.of("seed-1")));
    repeated = Comparison.of(tables, Selection.runs(List.of()));
  }

  private static void commit(JsonNode answers, ExampleTables example) {
    List<Row> rows = new ArrayList<>();
    int right = 0;
    for (int image = 0; image < fixture.get("labels").size(); image++) {
      int label = fixture.get("labels").get(image).intValue();
      int predicted = answers.get("predicted").get(image).intValue();
      right += label == predicted ? 1 : 0;
      rows.add(
          Table.PREDICTIONS
              .row()
              .set("network", answers.get("network").textValue())
              .set("split", "test")
              .set("path", "dogs/" + image + ".jpg")
              .set("label", label)
              .set("class_name", "class-" + label)
              .set("predicted_label", predicted)
              .set("predicted_class", "class-" + predicted)
              .set("probability", answers.get("probability").get(image).doubleValue())
              .set("loss", 0.0)
              .set("top5_labels", List.of(predicted))
              .build());
    }
    String run = "seed-" + answers.get("seed").intValue();
    String network = answers.get("network").textValue();
    tables.commit(Table.PREDICTIONS, run, network, rows);
    example.epoch(run, network, 1, right, rows.size(), 0.5);
  }

  private static JsonNode expected(String path) {
    return fixture.get("expected").at(path);
  }

  private static Candidate candidate(Comparison comparison, String name) {
    return comparison.candidates().stream()
        .filter(of -> of.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void assertInterval(Interval actual, JsonNode expected) {
    assertThat(actual.lower()).isCloseTo(expected.get(0).doubleValue(), RESAMPLING);
    assertThat(actual.upper()).isCloseTo(expected.get(1).doubleValue(), RESAMPLING);
  }

  @Test
  void accuracyAndRecallAreScikitLearns() {
    for (String network : List.of("strong", "weak")) {
      Candidate candidate = candidate(once, network);
      assertThat(candidate.accuracy())
          .isCloseTo(expected("/" + network + "/accuracy").doubleValue(), ROUNDING);
      JsonNode recalls = expected("/" + network + "/recalls");
      assertThat(candidate.classes()).hasSize(recalls.size());
      for (int label = 0; label < recalls.size(); label++) {
        assertThat(candidate.classes().get(label).recall())
            .isCloseTo(recalls.get(label).doubleValue(), ROUNDING);
      }
    }
  }

  @Test
  void theBootstrapIntervalOfAnAccuracyIsScipys() {
    for (String network : List.of("strong", "weak")) {
      assertInterval(
          candidate(once, network).accuracyInterval().orElseThrow(),
          expected("/" + network + "/interval"));
    }
  }

  @Test
  void theBinsOfCalibrationAreScikitLearns() {
    for (String network : List.of("strong", "weak")) {
      Calibration calibration = candidate(once, network).calibration().orElseThrow();
      JsonNode bins = expected("/" + network + "/bins");
      assertThat(calibration.bins()).hasSize(bins.size());
      for (int i = 0; i < bins.size(); i++) {
        Calibration.Bin bin = calibration.bins().get(i);
        assertThat(bin.images()).isEqualTo(bins.get(i).get("images").longValue());
        assertThat(bin.meanProbability())
            .isCloseTo(bins.get(i).get("mean_probability").doubleValue(), ROUNDING);
        assertThat(bin.accuracy()).isCloseTo(bins.get(i).get("accuracy").doubleValue(), ROUNDING);
      }
      assertThat(calibration.expectedError())
          .isCloseTo(
              expected("/" + network + "/expected_calibration_error").doubleValue(), ROUNDING);
    }
  }

  @Test
  void theViewOfTheComparisonHasStatsmodelsWilsonIntervalAndTheSameCalibrationError() {
    Views.register(tables);
    for (Row row :
        tables
            .session()
            .sql(
                "select network, wilson_lower_95, wilson_upper_95, expected_calibration_error"
                    + " from comparison where run_id = 'seed-1'")
            .collectAsList()) {
      JsonNode of = expected("/" + row.getString(0));
      assertThat(row.getDouble(1)).isCloseTo(of.at("/wilson/0").doubleValue(), ROUNDING);
      assertThat(row.getDouble(2)).isCloseTo(of.at("/wilson/1").doubleValue(), ROUNDING);
      assertThat(row.getDouble(3))
          .isCloseTo(of.get("expected_calibration_error").doubleValue(), ROUNDING);
    }
  }

  @Test
  void mcNemarsExactTestIsStatsmodels() {
    PairedTest pair = once.pairs().get(0);
    JsonNode table = expected("/pair/table");
    assertThat(List.of(pair.bothRight(), pair.onlyARight(), pair.onlyBRight(), pair.neitherRight()))
        .containsExactly(
            table.at("/0/0").longValue(),
            table.at("/0/1").longValue(),
            table.at("/1/0").longValue(),
            table.at("/1/1").longValue());
    assertThat(pair.exactP()).isCloseTo(expected("/pair/mcnemar_exact_p").doubleValue(), ROUNDING);
  }

  @Test
  void thePairedBootstrapOfTheDifferenceIsScipys() {
    assertInterval(
        once.pairs().get(0).differenceInterval().orElseThrow(), expected("/pair/interval"));
  }

  @Test
  void repeatedRunsCountTogether() {
    for (String network : List.of("strong", "weak")) {
      Candidate candidate = candidate(repeated, network);
      JsonNode of = expected("/" + network + "/repeated");
      assertThat(candidate.results()).hasSize(2);
      assertThat(candidate.accuracy()).isCloseTo(of.get("accuracy").doubleValue(), ROUNDING);
      assertThat(candidate.accuracyDeviation())
          .isCloseTo(of.get("deviation").doubleValue(), ROUNDING);
      assertInterval(candidate.accuracyInterval().orElseThrow(), of.get("interval"));
    }
  }

  @Test
  void repeatedRunsAreComparedByStatsmodelsSignTestOnTheImages() {
    PairedTest pair = repeated.pairs().get(0);
    JsonNode of = expected("/pair/repeated");
    assertThat(pair.isRepeated()).isTrue();
    assertThat(pair.exactP()).isCloseTo(of.get("sign_test_p").doubleValue(), ROUNDING);
    assertThat(pair.accuracyDifference()).isCloseTo(of.get("difference").doubleValue(), ROUNDING);
    assertInterval(pair.differenceInterval().orElseThrow(), of.get("interval"));
  }
}
