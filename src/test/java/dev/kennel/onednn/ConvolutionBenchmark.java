package dev.kennel.onednn;

import dev.kennel.onednn.LayerRun.Way;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Times one 3 × 3 convolution of ResNet18, forwards and backwards, in oneDNN and in
 * Deeplearning4j's own layer. README.md says how to run it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ConvolutionBenchmark {
  private static final LayerWorkspaceMgr NO_WORKSPACES = LayerWorkspaceMgr.noWorkspaces();

  /** Batch, channels, and height and width of the images. */
  @Param({"32x64x56", "32x128x28", "32x256x14", "32x512x7", "64x512x2"})
  public String images;

  @Param({"ONEDNN", "PORTABLE"})
  public String way;

  private Layer layer;
  private INDArray input;
  private INDArray outputGradient;

  /** Builds the layer and runs it once. */
  @Setup
  public void build() {
    Arithmetic.chooseBinary();
    Arithmetic.useThreads(Runtime.getRuntime().availableProcessors());
    int[] size = Arrays.stream(images.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    Convolution configuration =
        new Convolution(
            new org.deeplearning4j.nn.conf.layers.ConvolutionLayer.Builder(3, 3)
                .nOut(size[1])
                .padding(1, 1)
                .hasBias(false));
    InputType type = InputType.convolutional(size[2], size[2], size[1]);
    layer = LayerRun.layer(Way.valueOf(way), configuration, type);
    layer.getParam("W").assign(Nd4j.randn(DataType.FLOAT, layer.getParam("W").shape()).mul(0.05));
    long[] shape = {size[0], size[1], size[2], size[2]};
    // In oneDNN's own order, as from the layer before.
    long[] blocked =
        layer instanceof ConvolutionOnOneDnn
            ? Layout.shape(DataType.FLOAT, shape[0], shape[1], shape[2], shape[3])
            : shape;
    input = Nd4j.randn(DataType.FLOAT, blocked);
    outputGradient = Nd4j.randn(DataType.FLOAT, forward().shape());
  }

  /** The output. */
  @Benchmark
  public INDArray forward() {
    layer.setInput(input, NO_WORKSPACES);
    return layer.activate(true, NO_WORKSPACES);
  }

  /** The gradients of weights and input. */
  @Benchmark
  public Object backward() {
    layer.setInput(input, NO_WORKSPACES);
    return layer.backpropGradient(outputGradient, NO_WORKSPACES);
  }
}
