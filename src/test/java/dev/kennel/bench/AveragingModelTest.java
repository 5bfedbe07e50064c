package dev.kennel.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.averaging.SlicedAveraging;
import dev.kennel.bench.AveragingModel.Cost;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AveragingModelTest {
  private static final long SLICE = SlicedAveraging.SLICE; // floats
  private static final long ANY = 1;

  @Test
  void aRoundIsTwiceTheStateForEachWorkerButOne() {
    // 2 workers, 4 slices of 16 MiB: each averages 2, for which it receives the other's 2, and
    // then receives the 2 averages of the other.
    Cost cost = new AveragingModel(2, 1, 1, ANY).cost(2 * SLICE, 2 * SLICE);
    assertThat(cost.busiestBytes()).isEqualTo(4 * 4 * SLICE);
    assertThat(cost.bytesExchanged()).isEqualTo(2 * 4 * 4 * SLICE);
  }

  @Test
  void theExecutorThatAveragesMostDecides() {
    // 4 workers, 5 slices: one averages 2, receives 3 · 2 of them and the 3 averages of the others.
    Cost cost = new AveragingModel(4, 1, 1, ANY).cost(3 * SLICE, 2 * SLICE);
    assertThat(cost.busiestBytes()).isEqualTo(9 * 4 * SLICE);
    assertThat(cost.bytesExchanged()).isEqualTo(2 * 3 * 5 * 4 * SLICE);
  }

  @Test
  void workersOfOneExecutorExchangeNothing() {
    // 2 executors of 3 workers, 2 slices: each executor averages one, receives it 3 times, and the
    // other average once for each of its workers.
    Cost cost = new AveragingModel(2, 3, 1, ANY).cost(SLICE, SLICE);
    assertThat(cost.busiestBytes()).isEqualTo(6 * 4 * SLICE);
    assertThat(cost.bytesExchanged()).isEqualTo(12 * 4 * SLICE);
  }

  @Test
  void tenGigabitsASecondAreOneGigabyteAndAQuarter() {
    Cost cost = new AveragingModel(2, 1, 1, 10).cost(2 * SLICE, 2 * SLICE);
    assertThat(cost.wireSeconds()).isCloseTo(16 * SLICE / 1.25e9, within(1e-9));
  }

  @Test
  void executorsOfOneMachineUseNoWireAndShareItsMemory() {
    Cost one = new AveragingModel(4, 1, 1, 10).cost(2 * SLICE, 2 * SLICE);
    Cost all = new AveragingModel(4, 1, 4, 10).cost(2 * SLICE, 2 * SLICE);
    assertThat(all.wireSeconds()).isZero();
    assertThat(all.memorySeconds()).isCloseTo(4 * one.memorySeconds(), within(1e-9));
  }

  @Test
  void twoExecutorsOfAMachineShareItsLinkForWhatComesFromOthers() {
    // of the 3 others, 2 are on another machine
    Cost apart = new AveragingModel(4, 1, 1, 10).cost(2 * SLICE, 2 * SLICE);
    Cost pairs = new AveragingModel(4, 1, 2, 10).cost(2 * SLICE, 2 * SLICE);
    assertThat(pairs.wireSeconds()).isCloseTo(apart.wireSeconds() * 2 * 2 / 3, within(1e-9));
  }

  /**
   * Medians of {@code kennel bench averaging} on two cores of an AMD EPYC, the executors of {@code
   * local-cluster} having a core each: all of them on one machine.
   */
  @ParameterizedTest
  @CsvSource({
    // parameters, workers, seconds, bytes exchanged
    "1000000, 2, 0.088, 16000000",
    "1000000, 2, 0.091, 16000000",
    "11200000, 2, 0.242, 179200000",
    "50000000, 2, 0.697, 800000000",
    "50000000, 2, 0.969, 800000000",
    "150000000, 2, 2.31, 2400000000",
    "457200000, 2, 5.33, 7315200000",
    "11200000, 3, 0.603, 358400000",
    "11200000, 4, 0.678, 537600000",
    "11200000, 4, 0.845, 537600000",
    "11200000, 6, 1.465, 896000000",
    "11200000, 8, 1.884, 1254400000",
  })
  void theModelTellsWhatWasMeasuredWithinAQuarter(
      long parameters, int workers, double seconds, long bytes) {
    Cost cost = new AveragingModel(workers, 1, workers, ANY).cost(parameters, parameters);
    assertThat(cost.bytesExchanged()).isEqualTo(bytes);
    assertThat(cost.seconds()).isCloseTo(seconds, Percentage.withPercentage(25));
  }

  @Test
  void averagingOfOneSecondIsATenthOfTheTimeBesideNineSecondsOfSteps() {
    assertThat(AveragingModel.frequency(1, 0.5, 0.1)).isEqualTo(18);
    assertThat(AveragingModel.frequency(1, 0.55, 0.1)).isEqualTo(17);
    assertThat(AveragingModel.frequency(0.001, 5, 0.1)).isEqualTo(1);
  }
}
