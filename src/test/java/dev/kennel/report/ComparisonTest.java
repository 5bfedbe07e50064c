package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import dev.kennel.table.TableStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  @TempDir Path output;
  private TableStore tables;
  private ExampleTables example;

  @BeforeEach
  void open() {
    tables = new TableStore(LocalSpark.session(), output.toString());
    example = new ExampleTables(tables);
  }

  @Test
  void aNetworkIsDescribedByTheTestRowOfItsLastEpochAndTheTimeOfAllEpochs() {
    example.run("first", "finished", 1);
    example.network("first", "resnet18", 11_000_000);
    example.epoch("first", "resnet18", 1, 7, 0.4);
    example.epoch("first", "resnet18", 2, 6, 0.5);

    Comparison comparison = compare();

    // 2 epochs of 32 images in 4 seconds each; accuracy 6 of 8
    assertThat(comparison.candidates())
        .containsExactly(
            new Candidate(
                "resnet18",
                "resnet18",
                List.of(
                    new NetworkResult(
                        "first",
                        "finished",
                        42,
                        "resnet18",
                        2,
                        8,
                        0.75,
                        1.0,
                        0.75,
                        0.5,
                        8.0,
                        64,
                        OptionalLong.of(11_000_000),
                        OptionalLong.of(44_000_000),
                        OptionalLong.of(1000))),
                Optional.empty(),
                Optional.empty(),
                List.of()));
    Candidate resnet = comparison.candidates().get(0);
    assertThat(resnet.accuracy()).isEqualTo(0.75);
    assertThat(resnet.accuracyDeviation()).isNaN();
    assertThat(resnet.cost().imagesPerSecond()).isEqualTo(8);
    assertThat(comparison.pairs()).isEmpty();
    assertThat(comparison.verdict())
        .isEqualTo("resnet18 is the only network, so there is no pair to test.");
  }

  @Test
  void twoNetworksAreTestedOnTheTestImagesThatBothPredicted() {
    example.run("first", "finished", 1);
    example.epoch("first", "customcnn", 1, 3, 0.9);
    example.epoch("first", "resnet18", 1, 6, 0.5);
    example.predictions("first", "customcnn", "test", "+-----+ ");
    example.predictions("first", "resnet18", "test", "++++-+-+");
    example.predictions("first", "customcnn", "train", "++++++++");
    example.predictions("first", "resnet18", "train", "--------");

    PairedTest pair = compare().pairs().get(0);

    // image by image of the first seven: both, resnet, resnet, resnet, neither, resnet, customcnn
    assertThat(pair.a()).isEqualTo("resnet18");
    assertThat(pair.b()).isEqualTo("customcnn");
    assertCounts(pair, 1, 4, 1, 1);
    assertThat(pair.accuracyDifference()).isCloseTo(3 / 7.0, within(1e-12));
    assertThat(pair.gains()).containsExactly(new ClassGain("beagle", 7, 5 / 7.0, 2 / 7.0));
    assertThat(pair.isRepeated()).isFalse();
  }

  @Test
  void networksOfSeveralRunsAreTestedOnTheImagesThatTheyShare() {
    example.run("first", "finished", 1);
    example.epoch("first", "customcnn", 1, 4, 0.9);
    example.predictions("first", "customcnn", "test", "++++----");
    example.run("second", "finished", 2);
    example.epoch("second", "resnet18", 1, 8, 0.1);
    example.predictions("second", "resnet18", "test", "    ++++");

    PairedTest pair = compare("first", "second").pairs().get(0);

    assertThat(pair.a()).isEqualTo("resnet18");
    assertCounts(pair, 0, 4, 0, 0);
    assertThat(pair.accuracyDifference()).isEqualTo(1);
  }

  @Test
  void everyTwoOfThreeNetworksArePairedTheBestFirst() {
    example.run("first", "finished", 1);
    example.epoch("first", "a", 1, 2, 0.9);
    example.epoch("first", "b", 1, 6, 0.5);
    example.epoch("first", "c", 1, 4, 0.7);
    example.predictions("first", "a", "test", "++------");
    example.predictions("first", "b", "test", "++++++--");

    Comparison comparison = compare();

    assertThat(comparison.pairs())
        .extracting(pair -> pair.a() + pair.b())
        .containsExactly("bc", "ba", "ca");
    // c has no predictions, as when a run failed before it wrote them
    assertCounts(comparison.pairs().get(0), 0, 0, 0, 0);
    assertCounts(comparison.pairs().get(1), 2, 4, 0, 2);
    assertThat(comparison.pairs().get(0).differenceInterval()).isEmpty();
  }

  @Test
  void ofManyCandidatesOnlyTheBestIsPairedWithAllOthers() {
    example.run("first", "finished", 1);
    for (int i = 0; i < 9; i++) {
      example.epoch("first", "n" + i, 1, i == 4 ? 8 : 1, 0.9);
    }

    assertThat(compare().pairs()).hasSize(8).allMatch(pair -> pair.a().equals("n4"));
  }

  @Test
  void runsThatDifferInTheSeedOrTheFoldOrWhereTheyAreTrackedCountTogether() {
    example.run("old", "finished", 1, "{\"epochs\": 1, \"seed\": 1, \"fold\": 1}");
    example.run(
        "new",
        "finished",
        2,
        "{\"epochs\": 1, \"seed\": 2, \"fold\": 2, \"tracking\": {\"mlflow\": \"runs\"}}");
    example.run("other", "finished", 0, "{\"epochs\": 2, \"seed\": 1, \"fold\": 1}");
    example.run("lost", "failed", 3, "{\"epochs\": 1, \"seed\": 3, \"fold\": 1}");
    example.epoch("old", "resnet18", 1, 4, 0.5);
    example.epoch("new", "resnet18", 1, 6, 0.5);
    example.epoch("other", "resnet18", 1, 6, 0.5);

    Candidate resnet = compare().candidates().get(0);

    assertThat(resnet.results()).extracting(NetworkResult::runId).containsExactly("old", "new");
    assertThat(resnet.testImages()).isEqualTo(16);
    assertThat(resnet.accuracy()).isEqualTo(10 / 16.0);
    // half of 4/8 and 6/8 lies 1/8 from both: √(2 / 64 / (2 - 1))
    assertThat(resnet.accuracyDeviation()).isCloseTo(Math.sqrt(2 / 64.0), within(1e-12));
  }

  @Test
  void aNetworkTrainedInSeveralWaysIsNamedByTheSettingsThatDiffer() {
    example.run(
        "short",
        "finished",
        1,
        """
        {"epochs": 1, "seed": 1, "network": {"a": {"rate": 0.1}, "b": {"rate": 0.1}}}""");
    example.run(
        "long",
        "finished",
        2,
        """
        {"epochs": 9, "seed": 2, "network": {"a": {"rate": 0.2}, "b": {"rate": 0.1}}}""");
    example.epoch("short", "a", 1, 4, 0.5);
    example.epoch("long", "a", 1, 6, 0.5);
    example.epoch("long", "b", 1, 2, 0.5);

    assertThat(Comparison.of(tables, Selection.all()).candidates())
        .extracting(Candidate::name)
        .containsExactly("a (epochs 9, rate 0.2)", "a (epochs 1, rate 0.1)", "b");
  }

  @Test
  void everyImageOfFortyThousandKeepsItsPlace() {
    // more than one of Spark's bitmaps of 32,768 bits
    int images = 40_000;
    String right = "+".repeat(images);
    String wrongAtTheEnd = "+".repeat(images - 3) + "-+-";
    example.run("first", "finished", 1);
    example.epoch("first", "a", 1, images, images, 0.5);
    example.epoch("first", "b", 1, images - 2, images, 0.5);
    example.predictions("first", "a", "test", right);
    example.predictions("first", "b", "test", wrongAtTheEnd);

    assertCounts(compare().pairs().get(0), images - 2, 2, 0, 0);
  }

  private Comparison compare(String... runs) {
    return Comparison.of(tables, Selection.runs(List.of(runs)));
  }

  private static void assertCounts(
      PairedTest pair, int bothRight, int onlyA, int onlyB, int neither) {
    assertThat(List.of(pair.bothRight(), pair.onlyARight(), pair.onlyBRight(), pair.neitherRight()))
        .containsExactly((long) bothRight, (long) onlyA, (long) onlyB, (long) neither);
  }

  @Test
  void theNewestFinishedRunAndItsRepeatsAreTheDefault() {
    for (String run : List.of("old", "new", "running")) {
      example.epoch(run, "resnet18", 1, 6, 0.5);
    }
    example.run("new", "finished", 2);
    example.run("old", "finished", 1);
    example.run("running", "running", 3);

    assertThat(compare().candidates())
        .flatExtracting(Candidate::results)
        .extracting(result -> ((NetworkResult) result).runId())
        .containsExactly("old", "new"); // which repeat each other
  }

  @Test
  void aFailedRunIsComparedAsOfItsLastEpochWhenItIsNamed() {
    example.run("lost", "failed", 1);
    example.epoch("lost", "resnet18", 1, 5, 0.6);

    NetworkResult result = compare("lost").candidates().get(0).results().get(0);

    assertThat(result.status()).isEqualTo("failed");
    assertThat(result.epochs()).isEqualTo(1);
    assertThat(result.parameters()).isEmpty();
  }

  @Test
  void aFolderWithoutTablesIsAnError() {
    assertError(
        List.of(), "there are no tables of a run; train into this folder first, or name another");
  }

  @Test
  void aFolderWithoutAFinishedRunIsAnErrorThatNamesTheOthers() {
    example.run("a", "failed", 1);
    example.run("b", "running", 2);

    assertError(List.of(), "no run has finished; wait, or name one of b (running), a (failed)");
  }

  @Test
  void anUnknownRunIsAnErrorThatNamesTheKnownOnes() {
    example.run("a", "finished", 1);

    assertError(List.of("a", "z"), "there is no run z; there are a (finished)");
  }

  @Test
  void aRunWithoutAnEpochIsAnError() {
    example.run("a", "running", 1);

    assertError(
        List.of("a"),
        "run a (running) has no complete epoch yet; wait for one, or name another run");
  }

  private void assertError(List<String> runs, String why) {
    assertThatThrownBy(() -> Comparison.of(tables, Selection.runs(runs)))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot compare runs in " + output + ": " + why);
  }
}
