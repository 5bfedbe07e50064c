package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_backward_data_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_backward_weights_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_forward_desc_init;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.dnnl.dnnl_inner_product_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A convolution of small images in bf16 as one matrix product: what the kernel meets at each pixel
 * of the output is written out as a row ("im2col"), and the rows of the whole batch are multiplied
 * with the weights. oneDNN's own code for processors with AMX multiplies a row of an image at a
 * time, which leaves the tiles of 16 rows nearly empty where images are a few pixels wide.
 *
 * <p>Images lie as [batch, height, width, channels], rows as [batch · output pixels, kernel height,
 * kernel width, channels].
 */
final class UnrolledProducts {
  /** Images of more pixels than that fill the tiles well enough. */
  private static final long MOST_PIXELS = 16;

  /** Where a rectangle of the input, all taps of one pixel that are in the image, goes in a row. */
  private record Patch(long input, long row, long height, long width) {}

  private final ConvolutionShape shape;
  private final long batch;
  private final long inputs; // channels
  private final long outputs;
  private final boolean hasBias;
  private final List<Patch> patches = new ArrayList<>();
  private final boolean isPadded;
  private final Layout rows;
  private final Layout weights;
  private final RoundedWeights rounded;
  private final Primitive forward;
  private final Map<List<Long>, Primitive> unroll = new HashMap<>(); // by height and width
  private Backward backward; // null: not asked for yet

  /**
   * Whether it is the way.
   *
   * @param type that is computed in
   * @param given how the input lies
   */
  static boolean suit(ConvolutionShape shape, DataType type, Layout given) {
    long[] in = shape.in();
    return type == DataType.BFLOAT16
        && OneDnn.hasTiles()
        && shape.taps() > 1
        && shape.pixels() <= MOST_PIXELS
        && in[1] % OneDnn.block() == 0
        && shape.out()[1] % OneDnn.block() == 0
        && given.isSameAs(Layout.images(type, in[0], in[1], in[2], in[3]));
  }

  /**
   * Products for one size of images.
   *
   * @param rounded the layer's weights, whatever the size of images
   * @param hasBias whether a bias is added
   * @param extra sets what else is asked of the output
   */
  UnrolledProducts(
      String name,
      ConvolutionShape shape,
      RoundedWeights rounded,
      boolean hasBias,
      Consumer<dnnl_primitive_attr> extra) {
    this.shape = shape;
    this.rounded = rounded;
    this.hasBias = hasBias;
    batch = shape.in()[0];
    inputs = shape.in()[1];
    outputs = shape.out()[1];
    for (long y = 0; y < shape.out()[2]; y++) {
      for (long x = 0; x < shape.out()[3]; x++) {
        addPatch(y, x);
      }
    }
    isPadded =
        patches.size() < shape.pixels()
            || patches.stream().anyMatch(patch -> patch.height * patch.width < shape.taps());
    rows = rows(DataType.BFLOAT16);
    weights = Layout.plain(outputs, inputs, shape.kernel()[0], shape.kernel()[1]);
    dnnl_inner_product_desc_t description = new dnnl_inner_product_desc_t();
    OneDnn.check(
        dnnl_inner_product_forward_desc_init(
            description,
            dnnl_forward_training,
            rows.descriptor(),
            rounded.layout().descriptor(),
            bias(),
            output()),
        "describe convolution " + name);
    forward = Primitive.of("convolution " + name, description, null, extra);
  }

  private void addPatch(long y, long x) {
    long firstY = first(0, y);
    long firstX = first(1, x);
    long height = inside(0, y, firstY);
    long width = inside(1, x, firstX);
    if (height > 0 && width > 0) {
      long pixel = shape.point(0, y, firstY) * shape.in()[3] + shape.point(1, x, firstX);
      long row = y * shape.out()[3] + x;
      long tap = (row * shape.kernel()[0] + firstY) * shape.kernel()[1] + firstX;
      patches.add(new Patch(pixel * shape.in()[1], tap * shape.in()[1], height, width));
    }
  }

  /** The first tap of an axis that is in the image; if none is, as many as there are. */
  private long first(int axis, long pixel) {
    long tap = 0;
    while (tap < shape.kernel()[axis] && !shape.isInside(axis, shape.point(axis, pixel, tap))) {
      tap++;
    }
    return tap;
  }

  /** Taps from that one on that are in the image. */
  private long inside(int axis, long pixel, long first) {
    long tap = first;
    while (tap < shape.kernel()[axis] && shape.isInside(axis, shape.point(axis, pixel, tap))) {
      tap++;
    }
    return tap - first;
  }

  private Layout rows(DataType type) {
    return Layout.strided(
        type,
        new long[] {batch * shape.pixels(), inputs, shape.kernel()[0], shape.kernel()[1]},
        new long[] {shape.taps() * inputs, 1, shape.kernel()[1] * inputs, inputs});
  }

  /** Null: there is none. */
  private dnnl_memory_desc_t bias() {
    return hasBias ? Layout.plain(outputs).descriptor() : null;
  }

  private dnnl_memory_desc_t output() {
    return Layout.plain(DataType.BFLOAT16, batch * shape.pixels(), outputs).descriptor();
  }

  /** A patch of so many taps, of all images, as it lies in them. */
  private Layout inImages(DataType type, List<Long> size) {
    long row = shape.in()[3] * inputs;
    return Layout.strided(
        type,
        new long[] {batch, inputs, size.get(0), size.get(1)},
        new long[] {
          shape.in()[2] * row, 1, shape.dilation()[0] * row, shape.dilation()[1] * inputs
        });
  }

  /** The same as it lies in the rows. */
  private Layout inRows(DataType type, List<Long> size) {
    return Layout.strided(
        type,
        new long[] {batch, inputs, size.get(0), size.get(1)},
        new long[] {shape.pixels() * shape.taps() * inputs, 1, shape.kernel()[1] * inputs, inputs});
  }

  private void unroll(long input, long to) {
    if (isPadded) {
      Pointer.memset(new Address().at(to), 0, rows.bytes());
    }
    for (Patch patch : patches) {
      unroll
          .computeIfAbsent(
              List.of(patch.height, patch.width),
              size ->
                  Primitive.reorder(
                      inImages(DataType.BFLOAT16, size), inRows(DataType.BFLOAT16, size)))
          .run(input + Short.BYTES * patch.input, to + Short.BYTES * patch.row);
    }
  }

  /** Computes the output. All four are addresses; that of the bias is 0 where there is none. */
  void forward(long input, long weights, long bias, long output) {
    try (Scratch rows = Scratch.take(this.rows.bytes())) {
      unroll(input, rows.address());
      rounded.take(weights);
      if (bias != 0) {
        forward.with(DNNL_ARG_BIAS, bias);
      }
      forward
          .with(DNNL_ARG_SRC, rows.address())
          .with(DNNL_ARG_WEIGHTS, rounded.address())
          .with(DNNL_ARG_DST, output)
          .run();
    }
  }

  /** Computes the gradients of weights and bias, in f32; likewise. */
  void weightGradient(long input, long outputGradient, long weights, long bias) {
    try (Scratch rows = Scratch.take(this.rows.bytes())) {
      unroll(input, rows.address());
      Primitive product = backward().ofWeights;
      if (bias != 0) {
        product.with(DNNL_ARG_DIFF_BIAS, bias);
      }
      product
          .with(DNNL_ARG_SRC, rows.address())
          .with(DNNL_ARG_DIFF_DST, outputGradient)
          .with(DNNL_ARG_DIFF_WEIGHTS, weights)
          .run();
    }
  }

  /** Computes the gradient of the input, by the weights of the last forward pass; likewise. */
  void inputGradient(long outputGradient, long inputGradient) {
    Backward backward = backward();
    try (Scratch rows = Scratch.take(backward.gradients.bytes());
        Scratch sums = Scratch.take(backward.sums.bytes())) {
      backward
          .ofInput
          .with(DNNL_ARG_DIFF_DST, outputGradient)
          .with(DNNL_ARG_WEIGHTS, rounded.address())
          .with(DNNL_ARG_DIFF_SRC, rows.address())
          .run();
      Pointer.memset(new Address().at(sums.address()), 0, backward.sums.bytes());
      for (Patch patch : patches) {
        backward
            .fold
            .computeIfAbsent(
                List.of(patch.height, patch.width),
                size -> Primitive.sum(inRows(DataType.FLOAT, size), inImages(DataType.FLOAT, size)))
            .run(
                rows.address() + Float.BYTES * patch.row,
                sums.address() + Float.BYTES * patch.input);
      }
      backward.round.run(sums.address(), inputGradient);
    }
  }

  private Backward backward() {
    if (backward == null) {
      backward = new Backward();
    }
    return backward;
  }

  /** The backward operations, for which a network that only predicts has no use. */
  private final class Backward {
    private final Layout gradients = rows(DataType.FLOAT); // of the rows
    private final Layout sums = Layout.plain(batch, shape.in()[2], shape.in()[3], inputs);
    private final Map<List<Long>, Primitive> fold = new HashMap<>();
    private final Primitive round = Primitive.reorder(sums, sums.in(DataType.BFLOAT16));
    private final Primitive ofWeights;
    private final Primitive ofInput;

    Backward() {
      dnnl_inner_product_desc_t description = new dnnl_inner_product_desc_t();
      OneDnn.check(
          dnnl_inner_product_backward_weights_desc_init(
              description,
              rows.descriptor(),
              weights.asChannelsLast().descriptor(), // as in the rows
              bias(),
              output()),
          "describe the weights' gradient");
      ofWeights =
          Primitive.of("weights' gradient", description, forward)
              .writes(DNNL_ARG_DIFF_WEIGHTS, weights);
      description = new dnnl_inner_product_desc_t();
      OneDnn.check(
          dnnl_inner_product_backward_data_desc_init(
              description, gradients.descriptor(), rounded.layout().descriptor(), output()),
          "describe the input's gradient");
      ofInput = Primitive.of("input's gradient", description, forward);
    }
  }
}
