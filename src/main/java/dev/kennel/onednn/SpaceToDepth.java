package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_weights_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_backward_weights_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_forward_desc_init;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_inner_product_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The gradient of a strided convolution's weights in bf16 as that of a convolution without stride:
 * of stride s, the s × s points of the input that lie together become the channels of one ("space
 * to depth"); those that no tap meets are left out. For a network's first layer, whose three
 * channels leave the tiles of AMX nearly empty: as twelve they fill three quarters of one, for a
 * third of the taps. And for kernels of one tap, where nothing but a matrix product is left.
 */
final class SpaceToDepth implements ConvolutionOnOneDnn.WeightGradient {
  /** More channels than that fill the tiles well enough. */
  private static final long TILE = 16;

  /** The points of an axis that taps meet at the same distance from a multiple of the stride. */
  private record Phase(long distance, long firstTap, long firstPoint, long taps) {}

  /** An axis of the kernel. */
  private record Axis(List<Phase> phases, long taps, long before, long after) {
    static Axis of(ConvolutionShape shape, int axis) {
      long stride = shape.stride()[axis];
      long padding = shape.padding()[axis];
      long before = (padding + stride - 1) / stride;
      List<Phase> phases = new ArrayList<>();
      for (long distance = 0; distance < stride; distance++) {
        long first = Math.floorMod(padding + distance, stride);
        if (first < shape.kernel()[axis]) {
          long taps = (shape.kernel()[axis] - 1 - first) / stride + 1;
          long point = Math.floorDiv(first - padding, stride) + before;
          phases.add(new Phase(distance, first, point, taps));
        }
      }
      long taps = phases.stream().mapToLong(phase -> phase.firstPoint + phase.taps).max().orElse(0);
      long points = shape.in()[2 + axis] / stride;
      return new Axis(phases, taps, before, shape.out()[2 + axis] - 1 + taps - points - before);
    }
  }

  /** Copies a part of a tensor into a part of another. */
  private record Copy(Primitive reorder, long from, long to) {
    void run(long source, long target) {
      reorder.run(source + from, target + to);
    }
  }

  private final Layout input;
  private final Layout weights;
  private final List<Copy> gather = new ArrayList<>();
  private final List<Copy> scatter = new ArrayList<>(); // none: the weights lie as in the layer
  private final Primitive gradient;

  /**
   * Whether it is the way.
   *
   * @param type that is computed in
   * @param given how the input lies
   */
  static boolean suit(ConvolutionShape shape, DataType type, Layout given) {
    long[] stride = shape.stride();
    long[] in = shape.in();
    return type == DataType.BFLOAT16
        && OneDnn.hasTiles()
        && given.isStrided()
        && shape.out()[1] % OneDnn.block() == 0
        && stride[0] * stride[1] > 1
        && Arrays.stream(shape.skipped()).sum() == 0
        && in[2] % stride[0] == 0
        && in[3] % stride[1] == 0
        && (shape.taps() == 1
            ? Arrays.stream(shape.padding()).sum() == 0
            : in[1] * stride[0] * stride[1] <= TILE)
        && Axis.of(shape, 0).after >= 0
        && Axis.of(shape, 1).after >= 0;
  }

  /**
   * Gradients for one size of images.
   *
   * @param given how the input lies
   * @param output how the output's gradient lies
   * @param hasBias whether there is a bias
   */
  SpaceToDepth(ConvolutionShape shape, Layout given, Layout output, boolean hasBias) {
    long[] in = shape.in();
    long[] kernel = shape.kernel();
    long[] stride = shape.stride();
    long channels = in[1];
    long outputs = shape.out()[1];
    Axis vertical = Axis.of(shape, 0);
    Axis horizontal = Axis.of(shape, 1);
    long taps = vertical.taps * horizontal.taps;
    long depth = channels * vertical.phases.size() * horizontal.phases.size();
    long[] points = {in[0], depth, in[2] / stride[0], in[3] / stride[1]};
    input = Layout.plain(DataType.BFLOAT16, points).asChannelsLast();
    weights = Layout.plain(outputs, depth, vertical.taps, horizontal.taps);
    long first = 0; // channel
    for (Phase y : vertical.phases) {
      for (Phase x : horizontal.phases) {
        gather.add(
            new Copy(
                Primitive.reorder(
                    given.every(stride[0], stride[1]),
                    Layout.strided(
                        DataType.BFLOAT16,
                        new long[] {in[0], channels, points[2], points[3]},
                        new long[] {points[2] * points[3] * depth, 1, points[3] * depth, depth})),
                given.offset(y.distance, x.distance),
                Short.BYTES * first));
        long rows = shape.taps() == 1 ? 0 : y.taps;
        for (long row = 0; row < rows; row++) { // oneDNN takes no rows that lie between others
          long[] sizes = {outputs, channels, x.taps};
          scatter.add(
              new Copy(
                  Primitive.reorder(
                      Layout.strided(DataType.FLOAT, sizes, new long[] {depth * taps, taps, 1}),
                      Layout.strided(
                          DataType.FLOAT,
                          sizes,
                          new long[] {channels * shape.taps(), shape.taps(), stride[1]})),
                  Float.BYTES
                      * (first * taps + (y.firstPoint + row) * horizontal.taps + x.firstPoint),
                  Float.BYTES * ((y.firstTap + row * stride[0]) * kernel[1] + x.firstTap)));
        }
        first += channels;
      }
    }
    dnnl_memory_desc_t bias = hasBias ? Layout.plain(outputs).descriptor() : null;
    gradient =
        shape.taps() == 1
            ? product(shape, bias)
            : convolution(
                    output,
                    new long[] {vertical.before, horizontal.before},
                    new long[] {vertical.after, horizontal.after},
                    bias)
                .writes(DNNL_ARG_DIFF_WEIGHTS, weights);
  }

  /** With one tap, images are no more than rows of channels. */
  private static Primitive product(ConvolutionShape shape, dnnl_memory_desc_t bias) {
    long rows = shape.in()[0] * shape.pixels();
    long depth = shape.in()[1];
    long outputs = shape.out()[1];
    Layout source = Layout.plain(DataType.BFLOAT16, rows, depth);
    Layout target = Layout.plain(DataType.BFLOAT16, rows, outputs);
    dnnl_inner_product_desc_t forward = new dnnl_inner_product_desc_t();
    OneDnn.check(
        dnnl_inner_product_forward_desc_init(
            forward,
            dnnl_forward_training,
            source.descriptor(),
            Layout.any(DataType.BFLOAT16, outputs, depth).descriptor(),
            bias,
            target.descriptor()),
        "describe a product");
    dnnl_inner_product_desc_t backward = new dnnl_inner_product_desc_t();
    OneDnn.check(
        dnnl_inner_product_backward_weights_desc_init(
            backward,
            source.descriptor(),
            Layout.plain(outputs, depth).descriptor(),
            bias,
            target.descriptor()),
        "describe the weights' gradient");
    return Primitive.of("weights' gradient", backward, Primitive.of("product", forward));
  }

  private Primitive convolution(
      Layout output, long[] before, long[] after, dnnl_memory_desc_t bias) {
    long[] noStride = {1, 1};
    dnnl_convolution_desc_t forward = new dnnl_convolution_desc_t();
    OneDnn.check(
        dnnl_convolution_forward_desc_init(
            forward,
            dnnl_forward_training,
            dnnl_convolution_direct,
            input.descriptor(),
            weights.asAny(DataType.BFLOAT16).descriptor(),
            bias,
            output.descriptor(),
            noStride,
            before,
            after),
        "describe a convolution");
    dnnl_convolution_desc_t backward = new dnnl_convolution_desc_t();
    OneDnn.check(
        dnnl_convolution_backward_weights_desc_init(
            backward,
            dnnl_convolution_direct,
            input.descriptor(),
            weights.asAny(DataType.FLOAT).descriptor(),
            bias,
            output.descriptor(),
            noStride,
            before,
            after),
        "describe the weights' gradient");
    return Primitive.of("weights' gradient", backward, Primitive.of("convolution", forward));
  }

  @Override
  public void compute(long input, long gradient, long weights, long bias) {
    try (Scratch points = Scratch.take(this.input.bytes());
        Scratch folded = Scratch.take(this.weights.bytes())) {
      gather.forEach(copy -> copy.run(input, points.address()));
      if (bias != 0) {
        this.gradient.with(DNNL_ARG_DIFF_BIAS, bias);
      }
      this.gradient
          .with(DNNL_ARG_SRC, points.address())
          .with(DNNL_ARG_DIFF_DST, gradient)
          .with(DNNL_ARG_DIFF_WEIGHTS, scatter.isEmpty() ? weights : folded.address())
          .run();
      scatter.forEach(copy -> copy.run(folded.address(), weights));
    }
  }
}
