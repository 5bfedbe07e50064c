package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import dev.kennel.table.TableStore;
import java.nio.file.Path;
import java.util.List;
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

    Comparison comparison = Comparison.of(tables, List.of());

    // 2 epochs of 32 images in 4 seconds each; accuracy 6 of 8
    assertThat(comparison.networks())
        .containsExactly(
            new NetworkResult(
                "first",
                "finished",
                "resnet18",
                2,
                8,
                0.75,
                1.0,
                0.75,
                0.5,
                OptionalLong.of(11_000_000),
                8.0,
                8.0));
    assertThat(comparison.pairs()).isEmpty();
    assertThat(comparison.networks().get(0).accuracyInterval()).isEqualTo(Interval.wilson(6, 8));
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

    Comparison comparison = Comparison.of(tables, List.of());

    // image by image of the first seven: both, resnet, resnet, resnet, neither, resnet, customcnn
    assertThat(comparison.networks())
        .extracting(NetworkResult::network)
        .containsExactly("resnet18", "customcnn");
    assertThat(comparison.pairs())
        .containsExactly(new PairedTest("first", "resnet18", "customcnn", 1, 4, 1, 1));
  }

  @Test
  void predictionsOfOtherRunsAreNotPaired() {
    example.run("first", "finished", 1);
    example.epoch("first", "customcnn", 1, 4, 0.9);
    example.predictions("first", "customcnn", "test", "++++----");
    example.run("second", "finished", 2);
    example.epoch("second", "resnet18", 1, 8, 0.1);
    example.predictions("second", "resnet18", "test", "++++++++");

    Comparison comparison = Comparison.of(tables, List.of("first", "second"));

    assertThat(comparison.networks())
        .extracting(NetworkResult::network)
        .containsExactly("customcnn", "resnet18");
    assertThat(comparison.pairs()).isEmpty();
  }

  @Test
  void everyTwoOfThreeNetworksArePairedTheBestFirst() {
    example.run("first", "finished", 1);
    example.epoch("first", "a", 1, 2, 0.9);
    example.epoch("first", "b", 1, 6, 0.5);
    example.epoch("first", "c", 1, 4, 0.7);
    example.predictions("first", "a", "test", "++------");
    example.predictions("first", "b", "test", "++++++--");

    // c has no predictions, as when a run failed before it wrote them
    assertThat(Comparison.of(tables, List.of()).pairs())
        .containsExactly(
            new PairedTest("first", "b", "c", 0, 0, 0, 0),
            new PairedTest("first", "b", "a", 2, 4, 0, 2),
            new PairedTest("first", "c", "a", 0, 0, 0, 0));
  }

  @Test
  void theNewestFinishedRunIsTheDefault() {
    for (String run : List.of("old", "new", "running")) {
      example.epoch(run, "resnet18", 1, 6, 0.5);
    }
    example.run("new", "finished", 2);
    example.run("old", "finished", 1);
    example.run("running", "running", 3);

    assertThat(Comparison.of(tables, List.of()).networks())
        .extracting(NetworkResult::runId)
        .containsExactly("new");
  }

  @Test
  void aFailedRunIsComparedAsOfItsLastEpochWhenItIsNamed() {
    example.run("lost", "failed", 1);
    example.epoch("lost", "resnet18", 1, 5, 0.6);

    NetworkResult result = Comparison.of(tables, List.of("lost")).networks().get(0);

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
    assertThatThrownBy(() -> Comparison.of(tables, runs))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot compare runs in " + output + ": " + why);
  }
}
