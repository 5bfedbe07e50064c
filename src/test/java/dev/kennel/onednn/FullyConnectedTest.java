package dev.kennel.onednn;

import static dev.kennel.onednn.LayerRun.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.onednn.LayerRun.Way;
import dev.kennel.onednn.Reference.Convolving;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

@Tag("arithmetic")
class FullyConnectedTest {
  /** A fully connected layer is a 1 × 1 convolution of images of one pixel. */
  private static final Convolving PIXEL =
      new Convolving(new int[] {1, 1}, new int[] {0, 0}, new int[] {1, 1}, 1);

  private static final int[][] SIZES = {
    {1, 1, 1}, {2, 3, 5}, {32, 64, 16}, {7, 100, 33}, {32, 8, 120}, {3, 1100, 1030} // in tiles
  };

  private static Stream<Arguments> cases() {
    return Stream.of(SIZES)
        .flatMap(
            size ->
                Stream.of(Way.values())
                    .flatMap(
                        way -> Stream.of(true, false).map(relu -> Arguments.of(way, size, relu))));
  }

  @ParameterizedTest(name = "{0}, ReLU {2}: {1}")
  @MethodSource("cases")
  void outputAndGradientsAreThoseOfTheReference(Way way, int[] size, boolean relu) {
    Random random = new Random(size[1]);
    Tensor x = Tensor.random(random, size[0], size[1], 1, 1);
    Tensor w = Tensor.random(random, size[2], size[1], 1, 1);
    Tensor bias = Tensor.random(random, 1, size[2]);
    LayerRun layer =
        LayerRun.build(way, new FullyConnected(size[2], relu), InputType.feedForward(size[1]))
            .with("W", transposed(w))
            .with("b", bias);
    Tensor y = PIXEL.forward(x, w, bias.values());
    Tensor dy = Tensor.random(random, size[0], size[2], 1, 1);
    Tensor passed = Tensor.zeros(dy.shape());
    for (int i = 0; i < y.values().length; i++) {
      if (relu) {
        y.values()[i] = Math.max(y.values()[i], 0);
      }
      passed.values()[i] = relu && y.values()[i] == 0 ? 0 : dy.values()[i];
    }
    assertClose("output", layer.forward(true, rows(x)), y);
    layer.backward(rows(dy));
    assertClose(
        "weights' gradient", layer.gradient("W"), transposed(PIXEL.weightGradient(x, w, passed)));
    assertClose("bias' gradient", layer.gradient("b"), Reference.channelSums(passed));
    assertClose("input's gradient", layer.inputGradient(), PIXEL.inputGradient(x, w, passed));
  }

  /** [out, in, 1, 1] → [in, out], as Deeplearning4j has it. */
  private static Tensor transposed(Tensor w) {
    int out = w.shape()[0];
    int in = w.shape()[1];
    Tensor transposed = Tensor.zeros(in, out);
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        transposed.values()[i * out + o] = w.values()[o * in + i];
      }
    }
    return transposed;
  }

  private static Tensor rows(Tensor pixels) {
    return new Tensor(new int[] {pixels.shape()[0], pixels.shape()[1]}, pixels.values());
  }

  @Test
  void flatteningKeepsTheOrderOfChannelsRowsAndColumnsWhateverTheOrderInMemory() {
    LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
    for (int[] size : new int[][] {{2, 3, 4, 5}, {2, 32, 3, 2}, {2, 32, 1, 1}}) {
      Tensor images = Tensor.random(new Random(1), size);
      INDArray asTheyLie =
          images.toArrayLike(
              org.nd4j.linalg.factory.Nd4j.create(
                  Layout.shape(DataType.FLOAT, size[0], size[1], size[2], size[3]), 'c'));
      Flatten flatten = new Flatten(size[2], size[3], size[1]);
      INDArray rows = flatten.preProcess(asTheyLie, size[0], none);
      assertThat(rows.shape()).containsExactly(size[0], size[1] * size[2] * size[3]);
      assertThat(Tensor.of(rows).values()).containsExactly(images.values());
      INDArray back = flatten.backprop(rows, size[0], none);
      assertThat(back).isEqualTo(asTheyLie);
    }
  }
}
