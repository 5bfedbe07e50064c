package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NativeArrayTest {
  @Test
  void eachRowIsTheArraysOwnMemory() {
    INDArray array = Nd4j.create(DataType.FLOAT, 3, 1, 2);
    List<FloatBuffer> rows = NativeArray.rows(array);
    rows.get(0).put(0, 1).put(1, 2);
    rows.get(2).put(new float[] {5, 6});
    assertThat(array.data().asFloat()).containsExactly(1, 2, 0, 0, 5, 6);
    array.putScalar(1, 0, 1, 4);
    assertThat(rows.get(1).get(1)).isEqualTo(4);
    assertThat(rows).hasSize(3).allMatch(row -> row.capacity() == 2);
  }

  @Test
  void rowsOfArraysInAWorkspaceDoNotOverlap() {
    WorkspaceConfiguration small = WorkspaceConfiguration.builder().initialSize(10_000).build();
    try (MemoryWorkspace workspace =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(small, "T")) {
      INDArray first = Nd4j.create(DataType.FLOAT, 2, 2);
      INDArray second = Nd4j.create(DataType.FLOAT, 1, 2);
      NativeArray.rows(second).get(0).put(0, 7).put(1, 8);
      NativeArray.rows(first).get(1).put(0, 3).put(1, 4);
      assertThat(first.data().asFloat()).startsWith(0, 0, 3, 4);
      assertThat(second.toFloatVector()).containsExactly(7, 8);
      assertThat(workspace.getCurrentOffset()).isPositive();
    }
  }

  @Test
  void anArrayInAnotherOrderOrTypeIsAnError() {
    assertThatThrownBy(() -> NativeArray.rows(Nd4j.create(DataType.FLOAT, 2, 3).transpose()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot take the rows of an array of type FLOAT in order f, 1 apart");
    assertThatThrownBy(() -> NativeArray.rows(Nd4j.create(DataType.DOUBLE, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("type DOUBLE");
  }
}
