package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReportFormatTest {

  private static final Candidate RESNET =
      new Candidate(
          "resnet18",
          "resnet18",
          List.of(result("r1", "finished", "resnet18", 6, OptionalLong.of(11_000))),
          Optional.of(new Interval(0.5, 1)),
          Optional.of(new Calibration(List.of(new Calibration.Bin(12, 8, 0.78, 0.75)))),
          List.of(new ClassRecall("beagle", 8, 0.75)));
  private static final Candidate CUSTOM =
      new Candidate(
          "custom,cnn",
          "custom,cnn",
          List.of(result("r1", "finished", "custom,cnn", 2, OptionalLong.empty())),
          Optional.empty(),
          Optional.empty(),
          List.of());
  private static final PairedTest PAIR =
      new PairedTest(
          "resnet18",
          "custom,cnn",
          false,
          1,
          5,
          1,
          1,
          0.5,
          Optional.of(new Interval(0, 0.875)),
          List.of(new ClassGain("beagle", 4, 1, 0.25), new ClassGain("boxer", 4, 0.5, 0.25)));
  private static final Comparison COMPARISON =
      new Comparison(List.of(RESNET, CUSTOM), List.of(PAIR));

  private static NetworkResult result(
      String run, String status, String network, int right, OptionalLong parameters) {
    return new NetworkResult(
        run,
        status,
        42,
        network,
        2,
        8,
        right / 8.0,
        1,
        0.75,
        parameters.isPresent() ? 0.5 : Double.NaN,
        8,
        64,
        parameters,
        parameters,
        parameters);
  }

  @Test
  void theTableIsAlignedAndEndsInAVerdictAndTheClassesThatGainMost() {
    assertThat(ReportFormat.TABLE.of(COMPARISON))
        .isEqualTo(
            """
            Run r1 (finished)

            network     epochs  images  accuracy    95 % interval    top-5  macro F1   loss    ECE  parameters  MFLOPs  train s  images/s
            resnet18         2       8    75.0 %  50.0 to 100.0 %  100.0 %     0.750  0.500  0.030      11,000       0      8.0       8.0
            custom,cnn       2       8    25.0 %                -  100.0 %     0.750      -      -           -       -      8.0       8.0

            resnet18 leads custom,cnn by 50.0 points (95 % interval 0.0 to 87.5) on 8 test images (McNemar exact p = 0.219), which is not significant at 5 %.

            Recall of classes, resnet18 less custom,cnn, in points:
              most   beagle +75.0
              least  boxer +25.0
            """);
  }

  @Test
  void theTableSaysThatARunHasNotFinishedAndThatANetworkIsAlone() {
    NetworkResult failed = result("r2", "failed", "a", 4, OptionalLong.empty());
    Candidate alone =
        new Candidate("a", "a", List.of(failed), Optional.empty(), Optional.empty(), List.of());

    assertThat(ReportFormat.TABLE.of(new Comparison(List.of(alone), List.of())))
        .startsWith("Run r2 (failed), as of the last complete epoch of each network\n")
        .endsWith("a is the only network, so there is no pair to test.\n");
  }

  @Test
  void theTableTellsHowManyRunsThereWereAndHowFarApart() {
    Candidate twice =
        new Candidate(
            "a",
            "a",
            List.of(
                result("r1", "finished", "a", 4, OptionalLong.empty()),
                result("r2", "finished", "a", 6, OptionalLong.empty())),
            Optional.empty(),
            Optional.empty(),
            List.of());

    // 50 % and 75 %: a standard deviation of 25 / √2
    assertThat(ReportFormat.TABLE.of(new Comparison(List.of(twice), List.of())))
        .startsWith("Runs r1 (finished), r2 (finished)\n")
        .contains("network  runs  epochs  images  accuracy  95 % interval  s.d. of runs  ")
        .contains("a           2       2      16    62.5 %              -          17.7  ");
  }

  @Test
  void jsonIsOneObjectOfCandidatesAndPairs() throws Exception {
    JsonNode json = new ObjectMapper().readTree(ReportFormat.JSON.of(COMPARISON));

    assertThat(json.at("/verdict").textValue()).startsWith("resnet18 leads custom,cnn by 50.0");
    assertThat(json.at("/candidates/0/network").textValue()).isEqualTo("resnet18");
    assertThat(json.at("/candidates/0/accuracy").doubleValue()).isEqualTo(0.75);
    assertThat(json.at("/candidates/0/parameters").longValue()).isEqualTo(11_000);
    assertThat(json.at("/candidates/0/calibration/0/images").longValue()).isEqualTo(8);
    assertThat(json.at("/candidates/0/classes/0/recall").doubleValue()).isEqualTo(0.75);
    assertThat(json.at("/candidates/0/results/0/run_id").textValue()).isEqualTo("r1");
    assertThat(json.at("/pairs/0/only_a_right").longValue()).isEqualTo(5);
    assertThat(json.at("/pairs/0/exact_p").doubleValue()).isCloseTo(14.0 / 64, within(1e-12));
    assertThat(json.at("/pairs/0/gains/0/gain").doubleValue()).isEqualTo(0.75);
  }

  @Test
  void jsonHasNullForWhatIsNotANumber() throws Exception {
    String text = ReportFormat.JSON.of(COMPARISON);
    JsonNode json = new ObjectMapper().readTree(text);

    assertThat(text).doesNotContain("NaN", "Infinity");
    assertThat(json.at("/candidates/1/loss").isNull()).isTrue();
    assertThat(json.at("/candidates/1/parameters").isNull()).isTrue();
    assertThat(json.at("/candidates/1/accuracy_lower_95").isNull()).isTrue();
  }

  @Test
  void csvHasALineACandidateWithItsTestAgainstTheBest() {
    assertThat(ReportFormat.CSV.of(COMPARISON).lines())
        .containsExactly(
            "name,network,runs,epochs,test_images,accuracy,accuracy_lower_95,accuracy_upper_95,"
                + "accuracy_deviation,top5_accuracy,macro_f1,loss,expected_calibration_error,"
                + "train_seconds,images_per_second,parameters,parameter_bytes,"
                + "forward_flops_per_image,best,paired_test_images,accuracy_behind_best,"
                + "behind_lower_95,behind_upper_95,both_right,only_best_right,only_this_right,"
                + "neither_right,exact_p",
            "resnet18,resnet18,1,2,8,0.75,0.5,1.0,,1.0,0.75,0.5,%s,8.0,8.0,11000,11000,11000,,,,,,,,,,"
                .formatted(RESNET.calibration().orElseThrow().expectedError()),
            "\"custom,cnn\",\"custom,cnn\",1,2,8,0.25,,,,1.0,0.75,,,8.0,8.0,,,,"
                + "resnet18,8,0.5,0.0,0.875,1,5,1,1,%s".formatted(PAIR.exactP()));
  }
}
