package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NativeArrayTest {
  private static final float[] VALUES = {1, 2, 3, 4, 5, 6};

  @Test
  void itHoldsTheValuesWithTheLastIndexRunningFastest() {
    INDArray array = NativeArray.of(VALUES, 2, 1, 3);
    assertThat(array.shape()).containsExactly(2, 1, 3);
    assertThat(array.getFloat(0, 0, 2)).isEqualTo(3);
    assertThat(array.getFloat(1, 0, 0)).isEqualTo(4);
    assertThat(array).isEqualTo(Nd4j.create(VALUES, new long[] {2, 1, 3}, 'c'));
  }

  @Test
  void arraysInAWorkspaceDoNotOverlap() {
    WorkspaceConfiguration small = WorkspaceConfiguration.builder().initialSize(10_000).build();
    try (MemoryWorkspace workspace =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(small, "T")) {
      INDArray first = NativeArray.of(VALUES, 6);
      INDArray second = NativeArray.of(new float[] {7, 8}, 2);
      assertThat(first.toFloatVector()).containsExactly(VALUES);
      assertThat(second.toFloatVector()).containsExactly(7, 8);
      assertThat(workspace.getCurrentOffset()).isPositive();
    }
  }

  @Test
  void anotherNumberOfValuesIsAnError() {
    assertThatThrownBy(() -> NativeArray.of(VALUES, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make an array of 7 from 6 values");
  }
}
