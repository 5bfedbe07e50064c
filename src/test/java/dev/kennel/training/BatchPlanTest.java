package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchPlanTest {
  @Test
  void batchesAreEvenAndLeaveNoImageOut() {
    // 67 images in batches of 32: three batches of 22, 22 and 23 rather than 32, 32 and 3
    BatchPlan plan = BatchPlan.of(67, 1, 32, 2);
    assertThat(plan.steps()).isEqualTo(3);
    assertThat(IntStream.range(0, 3).map(step -> plan.batchSize(step, 0)))
        .containsExactly(22, 22, 23);
  }

  @Test
  void workersShareEachStepEvenly() {
    // 65 images on two workers: steps of 32 and 33
    BatchPlan plan = BatchPlan.of(65, 2, 32, 1);
    assertThat(plan.steps()).isEqualTo(2);
    assertThat(plan.batchSize(0, 0)).isEqualTo(16);
    assertThat(plan.batchSize(0, 1)).isEqualTo(16);
    assertThat(plan.batchSize(1, 0)).isEqualTo(16);
    assertThat(plan.batchSize(1, 1)).isEqualTo(17);
  }

  @ParameterizedTest
  @CsvSource({"65, 2, 32, 1", "1000, 3, 7, 4", "41, 2, 11, 2", "8, 4, 2, 1", "9600, 1, 64, 4"})
  void everyPlaceOfTheOrderBelongsToTheStepAndWorkerWhoseTurnItIs(
      int images, int workers, int batchSize, int frequency) {
    BatchPlan plan = BatchPlan.of(images, workers, batchSize, frequency);
    int place = 0;
    for (int step = 0; step < plan.steps(); step++) {
      for (int worker = 0; worker < workers; worker++) {
        assertThat(plan.batchSize(step, worker)).isBetween(2, batchSize);
        for (int i = 0; i < plan.batchSize(step, worker); i++, place++) {
          assertThat(plan.step(place)).isEqualTo(step);
          assertThat(plan.worker(place)).isEqualTo(worker);
        }
      }
    }
    assertThat(place).isEqualTo(images);
  }

  @Test
  void aStepHasTheSameImagesForOneWorkerOfLargeBatchesAndManyOfSmallOnes() {
    BatchPlan one = BatchPlan.of(1001, 1, 64, 1);
    BatchPlan four = BatchPlan.of(1001, 4, 16, 1);
    for (int place = 0; place < 1001; place++) {
      assertThat(four.step(place)).isEqualTo(one.step(place));
    }
  }

  @Test
  void theLastRoundTakesTheStepsThatAreLeft() {
    BatchPlan plan = BatchPlan.of(100, 1, 10, 4);
    assertThat(plan.rounds(1)).isEqualTo(3);
    assertThat(plan.firstStep(1, 2)).isEqualTo(8);
    assertThat(plan.endStep(1, 2)).isEqualTo(10);
  }

  @Test
  void theFirstStepsOfTheTrainingMayHaveRoundsOfTheirOwnLength() {
    // 10 steps an epoch; the first 13 in rounds of 2, all others in rounds of 4
    BatchPlan plan = BatchPlan.of(100, 1, 10, 4).withWarmUp(13, 2);
    assertThat(firstSteps(plan, 1)).containsExactly(0, 2, 4, 6, 8);
    assertThat(firstSteps(plan, 2)).containsExactly(0, 2, 3, 7);
    assertThat(firstSteps(plan, 3)).containsExactly(0, 4, 8);
    assertThat(plan.roundsBefore(1)).isZero();
    assertThat(plan.roundsBefore(4)).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource({"13, 2", "10, 3", "0, 1", "35, 4", "7, 16"})
  void everyStepBelongsToTheRoundBetweenWhoseFirstAndEndItLies(int warmUp, int frequency) {
    BatchPlan plan = BatchPlan.of(100, 1, 10, 4).withWarmUp(warmUp, frequency);
    for (int epoch = 1; epoch <= 4; epoch++) {
      int step = 0;
      for (int round = 0; round < plan.rounds(epoch); round++) {
        assertThat(plan.firstStep(epoch, round)).isEqualTo(step);
        for (; step < plan.endStep(epoch, round); step++) {
          assertThat(plan.round(epoch, step)).isEqualTo(round);
        }
      }
      assertThat(step).isEqualTo(10);
    }
  }

  private static List<Integer> firstSteps(BatchPlan plan, int epoch) {
    return IntStream.range(0, plan.rounds(epoch))
        .mapToObj(round -> plan.firstStep(epoch, round))
        .toList();
  }

  @Test
  void noBatchHasASingleImage() {
    // 5 images in batches of 2 would leave one alone, whose batch has no variance
    BatchPlan plan = BatchPlan.of(5, 1, 2, 1);
    assertThat(plan.steps()).isEqualTo(2);
  }

  @Test
  void anEpochOfMillionsDoesNotOverflow() {
    BatchPlan plan = BatchPlan.of(100_000_000, 1, 64, 4);
    assertThat(plan.step(99_999_999)).isEqualTo(plan.steps() - 1);
    assertThat(plan.worker(99_999_999)).isZero();
  }
}
