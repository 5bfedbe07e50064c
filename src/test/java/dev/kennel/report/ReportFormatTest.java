package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReportFormatTest {

  private static final NetworkResult RESNET =
      new NetworkResult(
          "r1", "finished", "resnet18", 2, 8, 0.75, 1, 0.75, 0.5, OptionalLong.of(11_000), 8, 8);
  private static final NetworkResult CUSTOM =
      new NetworkResult(
          "r1",
          "finished",
          "custom,cnn",
          2,
          8,
          0.25,
          1,
          0.2,
          Double.NaN,
          OptionalLong.empty(),
          0,
          Double.POSITIVE_INFINITY);
  private static final PairedTest PAIR = new PairedTest("r1", "resnet18", "custom,cnn", 1, 5, 1, 1);
  private static final Comparison COMPARISON =
      new Comparison(List.of(RESNET, CUSTOM), List.of(PAIR));

  @Test
  void theTableIsAlignedAndEndsInAVerdict() {
    assertThat(ReportFormat.TABLE.of(COMPARISON))
        .isEqualTo(
            """
            Run r1 (finished)

            network     epochs  images  accuracy   95 % interval    top-5  macro F1   loss  parameters  train s  images/s
            resnet18         2       8    75.0 %  40.9 to 92.9 %  100.0 %     0.750  0.500      11,000      8.0       8.0
            custom,cnn       2       8    25.0 %   7.1 to 59.1 %  100.0 %     0.200      -           -      0.0         -

            resnet18 leads custom,cnn by 50.0 points on 8 test images (McNemar exact p = 0.219), which is not significant at 5 %.
            """);
  }

  @Test
  void theTableSaysThatARunHasNotFinishedAndThatANetworkIsAlone() {
    NetworkResult failed =
        new NetworkResult("r2", "failed", "a", 1, 8, 0.5, 1, 0.5, 1, OptionalLong.empty(), 4, 8);

    assertThat(ReportFormat.TABLE.of(new Comparison(List.of(RESNET, failed), List.of())))
        .contains("Run r1 (finished)\n")
        .contains("Run r2 (failed), as of the last complete epoch of each network\n")
        .endsWith("a is the only network, so there is no pair to test.\n");
  }

  @Test
  void jsonIsOneObjectOfNetworksAndPairs() throws Exception {
    JsonNode json = new ObjectMapper().readTree(ReportFormat.JSON.of(COMPARISON));

    assertThat(json.at("/networks/0/network").textValue()).isEqualTo("resnet18");
    assertThat(json.at("/networks/0/accuracy").doubleValue()).isEqualTo(0.75);
    assertThat(json.at("/networks/0/parameters").longValue()).isEqualTo(11_000);
    assertThat(json.at("/pairs/0/only_a_right").longValue()).isEqualTo(5);
    assertThat(json.at("/pairs/0/mcnemar_exact_p").doubleValue())
        .isCloseTo(14.0 / 64, within(1e-12));
  }

  @Test
  void jsonHasNullForWhatIsNotANumber() throws Exception {
    String text = ReportFormat.JSON.of(COMPARISON);
    JsonNode json = new ObjectMapper().readTree(text);

    assertThat(text).doesNotContain("NaN", "Infinity");
    assertThat(json.at("/networks/1/loss").isNull()).isTrue();
    assertThat(json.at("/networks/1/parameters").isNull()).isTrue();
    assertThat(json.at("/networks/1/images_per_second").isNull()).isTrue();
  }

  @Test
  void csvHasALineANetworkWithItsTestAgainstTheBest() {
    assertThat(ReportFormat.CSV.of(COMPARISON).lines())
        .containsExactly(
            "run_id,status,network,epochs,test_images,accuracy,accuracy_lower_95,accuracy_upper_95,"
                + "top5_accuracy,macro_f1,loss,parameters,train_seconds,images_per_second,"
                + "best_network,paired_test_images,both_right,only_best_right,only_this_right,"
                + "neither_right,mcnemar_exact_p",
            "r1,finished,resnet18,2,8,0.75,%s,%s,1.0,0.75,0.5,11000,8.0,8.0,,,,,,,"
                .formatted(Interval.wilson(6, 8).lower(), Interval.wilson(6, 8).upper()),
            "r1,finished,\"custom,cnn\",2,8,0.25,%s,%s,1.0,0.2,,,0.0,,resnet18,8,1,5,1,1,%s"
                .formatted(
                    Interval.wilson(2, 8).lower(), Interval.wilson(2, 8).upper(), PAIR.exactP()));
  }
}
