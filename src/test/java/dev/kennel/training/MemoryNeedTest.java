package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;
  private static final long RESFCN18 = 4 * 457_221_032L; // bytes of parameters at 192 px

  @Test
  void aWorkerOfLocalModeNeedsThreeTimesTheParameters() {
    Cluster local = new Cluster(1, 2, 1, 12 * GIB, true);
    assertThat(MemoryNeed.of(RESFCN18, 1, local).executorBytes()).isEqualTo(GIB + 2 * 3 * RESFCN18);
  }

  @Test
  void theExecutorsOfAClusterShareTheAverages() {
    // 3 for its one worker, and half of 2
    Cluster cluster = new Cluster(2, 2, 1, 8 * GIB, false);
    assertThat(MemoryNeed.of(RESFCN18, 1, cluster).executorBytes()).isEqualTo(GIB + 4 * RESFCN18);
    assertThatCode(() -> MemoryNeed.check("resfcn18", 192, RESFCN18, 1, cluster))
        .doesNotThrowAnyException();
  }

  @Test
  void twoNumbersForEachParameterNeedAsMuchMore() {
    Cluster local = new Cluster(1, 2, 1, 12 * GIB, true);
    assertThat(MemoryNeed.of(RESFCN18, 2, local).executorBytes()).isEqualTo(GIB + 2 * 4 * RESFCN18);
    // 4 for its one worker, and half of 3
    Cluster cluster = new Cluster(2, 2, 1, 8 * GIB, false);
    assertThat(MemoryNeed.of(RESFCN18, 2, cluster).executorBytes())
        .isEqualTo(GIB + 11 * RESFCN18 / 2);
  }

  @Test
  void tooSmallAMachineIsNamedWithWhatIsNeeded() {
    Cluster local = new Cluster(1, 2, 1, 3 * GIB, true);
    assertThatThrownBy(() -> MemoryNeed.check("net", 64, 512 * MIB, 1, local))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot train net at 64 px (0.50 GiB of parameters)")
        .hasMessageContaining(
            "it needs about 4.00 GiB of memory, heap and native together, and may fill 3.00 GiB");
  }

  @Test
  void tooSmallAnExecutorIsToldHowToGrow() {
    Cluster cluster = new Cluster(2, 2, 1, 2 * GIB, false);
    assertThatThrownBy(() -> MemoryNeed.check("net", 64, 512 * MIB, 1, cluster))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("an executor needs about 3.00 GiB")
        .hasMessageContaining("spark.executor.memoryOverhead");
  }

  @Test
  void aNetworkThatFitsIsAccepted() {
    Cluster local = new Cluster(1, 2, 1, 16 * GIB, true);
    assertThatCode(() -> MemoryNeed.check("resnet18", 224, 45 * MIB, 1, local))
        .doesNotThrowAnyException();
  }
}
