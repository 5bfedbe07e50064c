package dev.kennel.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.onednn.LayerRun.Way;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Tag("arithmetic")
class AdditionTest {
  private static final LayerWorkspaceMgr NONE = LayerWorkspaceMgr.noWorkspaces();

  @ParameterizedTest
  @EnumSource(Way.class)
  void theSumIsCutOffAtZeroAndSoIsItsGradient(Way way) {
    GraphVertex addition = vertex(way);
    addition.setInput(0, Nd4j.createFromArray(new float[][] {{1, -3, 2}, {0, 5, -1}}), NONE);
    addition.setInput(1, Nd4j.createFromArray(new float[][] {{2, 1, -2}, {0, -4, 4}}), NONE);
    INDArray sum = addition.doForward(true, NONE);
    assertThat(sum.toFloatMatrix()).isDeepEqualTo(new float[][] {{3, 0, 0}, {0, 1, 3}});
    addition.setEpsilon(Nd4j.createFromArray(new float[][] {{10, 20, 30}, {40, 50, 60}}));
    INDArray[] gradients = addition.doBackward(false, NONE).getSecond();
    float[][] expected = {{10, 0, 0}, {0, 50, 60}};
    assertThat(gradients[0].toFloatMatrix()).isDeepEqualTo(expected);
    assertThat(gradients[1].toFloatMatrix()).isDeepEqualTo(expected);
  }

  @Test
  void inputsOfDifferentShapesAreRefused() {
    assertThatThrownBy(
            () ->
                new Addition().getOutputType(0, InputType.feedForward(2), InputType.feedForward(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot add ");
  }

  private static GraphVertex vertex(Way way) {
    if (way == Way.PORTABLE) {
      System.setProperty(OneDnn.SWITCH, "false");
    }
    try {
      GraphVertex vertex = new Addition().instantiate(null, "add", 2, null, false, DataType.FLOAT);
      vertex.setInputVertices(
          new VertexIndices[] {new VertexIndices(0, 0), new VertexIndices(1, 0)});
      return vertex;
    } finally {
      System.clearProperty(OneDnn.SWITCH);
    }
  }
}
