package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
  @Test
  void batchesAreEvenAndLeaveNoImageOut() {
    // 67 images in batches of 32: three batches of 22, 22 and 23 rather than 32, 32 and 3
    BatchPlan plan = BatchPlan.of(67, 1, 32, 2);
    assertThat(plan.steps()).isEqualTo(3);
    assertThat(IntStream.rangeClosed(0, 3).map(step -> plan.batchBegin(step, 67)))
        .containsExactly(0, 22, 44, 67);
  }

  @Test
  void allWorkersHaveTheSameNumberOfSteps() {
    // 65 images on two workers: 33 and 32; the larger shard needs two batches of at most 32
    BatchPlan plan = BatchPlan.of(65, 2, 32, 1);
    assertThat(plan.steps()).isEqualTo(2);
    assertThat(plan.batchBegin(1, 33)).isEqualTo(16);
    assertThat(plan.batchBegin(1, 32)).isEqualTo(16);
  }

  @Test
  void theLastRoundTakesTheStepsThatAreLeft() {
    BatchPlan plan = new BatchPlan(10, 4);
    assertThat(plan.rounds()).isEqualTo(3);
    assertThat(plan.firstStep(2)).isEqualTo(8);
    assertThat(plan.endStep(2)).isEqualTo(10);
  }

  @Test
  void noBatchHasASingleImage() {
    // 5 images in batches of 2 would leave one alone, whose batch has no variance
    BatchPlan plan = BatchPlan.of(5, 1, 2, 1);
    assertThat(plan.steps()).isEqualTo(2);
  }

  @Test
  void aShardOfMillionsDoesNotOverflow() {
    BatchPlan plan = BatchPlan.of(100_000_000, 1, 64, 4);
    assertThat(plan.batchBegin(plan.steps(), 100_000_000)).isEqualTo(100_000_000);
  }
}
