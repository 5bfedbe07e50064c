package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  @Test
  void resFcn18AtItsFullSizeIsRefusedOnAClusterAtOnceWithBothNumbers() {
    Cluster cluster = new Cluster(2, 2, 1, 64 * GIB, 64 * GIB, 256 * GIB, false);
    assertThatThrownBy(() -> MemoryNeed.check("resfcn18", 192, 4 * 457_221_032L, cluster))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot train resfcn18 at 192 px (1.70 GiB of parameters)")
        .hasMessageContaining("one message of 3.41 GiB")
        .hasMessageContaining("at most 2.00 GiB");
  }

  @Test
  void inOneProcessThereAreNoMessages() {
    // 4 · 1.70 GiB a worker, 2 · 1.70 GiB of the driver, 1 GiB of room
    Cluster local = new Cluster(1, 1, 1, 4 * GIB, 4 * GIB, 12 * GIB, true);
    assertThat(MemoryNeed.of(4 * 457_221_032L, local).executorBytes())
        .isEqualTo(GIB + 6 * 4 * 457_221_032L);
    assertThatCode(() -> MemoryNeed.check("resfcn18", 192, 4 * 457_221_032L, local))
        .doesNotThrowAnyException();
  }

  @Test
  void tooSmallAHeapOfAnExecutorIsNamedWithWhatIsNeeded() {
    Cluster cluster = new Cluster(2, 2, 1, GIB, 16 * GIB, 64 * GIB, false);
    assertThatThrownBy(() -> MemoryNeed.check("net", 64, 512 * MIB, cluster))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("an executor needs about 3.50 GiB of heap and has 1.00 GiB")
        .hasMessageContaining("--executor-memory");
  }

  @Test
  void tooSmallAHeapOfTheDriverIsNamedWithWhatIsNeeded() {
    Cluster cluster = new Cluster(2, 2, 1, 16 * GIB, GIB, 64 * GIB, false);
    assertThatThrownBy(() -> MemoryNeed.check("net", 64, 512 * MIB, cluster))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the driver needs about 3.50 GiB of heap and has 1.00 GiB")
        .hasMessageContaining("--driver-memory");
  }

  @Test
  void tooSmallAMachineIsNamedWithWhatIsNeeded() {
    Cluster local = new Cluster(1, 2, 1, 4 * GIB, 4 * GIB, 5 * GIB, true);
    assertThatThrownBy(() -> MemoryNeed.check("net", 64, 512 * MIB, local))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "it needs about 6.00 GiB of memory, heap and native together, and may fill 5.00 GiB");
  }

  @Test
  void aNetworkThatFitsIsAccepted() {
    Cluster local = new Cluster(1, 2, 1, 4 * GIB, 4 * GIB, 16 * GIB, true);
    assertThatCode(() -> MemoryNeed.check("resnet18", 224, 45 * MIB, local))
        .doesNotThrowAnyException();
  }
}
