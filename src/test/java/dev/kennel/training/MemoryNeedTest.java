package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  @Test
  void resFcn18AtItsFullSizeIsRefusedAtOnceWithBothNumbers() {
    assertThatThrownBy(
            () -> MemoryNeed.check("resfcn18", 192, 4 * 457_221_032L, cluster(64 * GIB, 256 * GIB)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot train resfcn18 at 192 px (1.70 GiB of parameters)")
        .hasMessageContaining("one message of 3.41 GiB")
        .hasMessageContaining("at most 2.00 GiB");
  }

  @Test
  void tooSmallAHeapIsNamedWithWhatIsNeeded() {
    assertThatThrownBy(() -> MemoryNeed.check("net", 64, 512 * MIB, cluster(GIB, 64 * GIB)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("of heap and has 1.00 GiB")
        .hasMessageContaining("--driver-memory");
  }

  @Test
  void tooSmallAMachineIsNamedWithWhatIsNeeded() {
    assertThatThrownBy(() -> MemoryNeed.check("net", 64, 512 * MIB, cluster(16 * GIB, 8 * GIB)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("heap and native together, and may fill 8.00 GiB");
  }

  @Test
  void aNetworkThatFitsIsAccepted() {
    assertThatCode(() -> MemoryNeed.check("resnet18", 224, 45 * MIB, cluster(4 * GIB, 16 * GIB)))
        .doesNotThrowAnyException();
  }

  private static Cluster cluster(long heapBytes, long memoryBytes) {
    return new Cluster(1, 2, 1, heapBytes, memoryBytes, true);
  }
}
