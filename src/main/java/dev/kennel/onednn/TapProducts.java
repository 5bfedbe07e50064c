package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The gradient of a convolution's weights as matrix products over the whole batch, one for each tap
 * of the kernel and run of pixels that it meets. For images of a few pixels: there oneDNN unrolls
 * image by image and adds up the whole gradient for each of them, and spends most of its time on
 * the padding and on memory.
 */
final class TapProducts implements ConvolutionOnOneDnn.WeightGradient {
  /** Images of more pixels than that leave oneDNN's own products enough to do, if it has any. */
  private static final long FEW_PIXELS = 4;

  /** The same where it has only code that is slow. */
  private static final long MOST_PIXELS = 16;

  private static final byte TRANSPOSED = 'T';
  private static final byte PLAIN = 'N';

  /** Pixels of the output side by side, and those that the tap multiplies them with. */
  private record Run(long output, long input, long pixels) {}

  private final long batch;
  private final long inputs; // channels
  private final long outputs;
  private final List<List<Run>> taps = new ArrayList<>();
  private final Primitive gatherInput;
  private final Primitive gatherGradient;
  private final Primitive scatterWeights;
  private final Layout pixelsOfInput;
  private final Layout pixelsOfGradient;
  private final FloatPointer ones; // as many as the output has pixels in all

  /**
   * Whether it is the way.
   *
   * @param isElseSlow whether oneDNN has only slow code for it
   */
  static boolean suit(ConvolutionShape shape, BooleanSupplier isElseSlow) {
    return shape.pixels() <= FEW_PIXELS
        || (shape.pixels() <= MOST_PIXELS && isElseSlow.getAsBoolean());
  }

  /**
   * Products for one size of images.
   *
   * @param input how the input lies
   * @param gradient how the output's gradient lies
   */
  TapProducts(ConvolutionShape shape, Layout input, Layout gradient) {
    long[] in = shape.in();
    long[] out = shape.out();
    batch = in[0];
    inputs = in[1];
    outputs = out[1];
    for (long ky = 0; ky < shape.kernel()[0]; ky++) {
      for (long kx = 0; kx < shape.kernel()[1]; kx++) {
        taps.add(runs(shape, ky, kx));
      }
    }
    ones = new FloatPointer(batch * shape.pixels());
    for (long i = 0; i < ones.capacity(); i++) {
      ones.put(i, 1);
    }
    pixelsOfInput = pixelsFirst(in);
    pixelsOfGradient = pixelsFirst(out);
    gatherInput = Primitive.reorder(input, pixelsOfInput);
    gatherGradient = Primitive.reorder(gradient, pixelsOfGradient);
    long matrix = outputs * inputs;
    scatterWeights =
        Primitive.reorder(
            Layout.strided(
                DataType.FLOAT,
                new long[] {outputs, inputs, shape.kernel()[0], shape.kernel()[1]},
                new long[] {inputs, 1, shape.kernel()[1] * matrix, matrix}),
            Layout.plain(outputs, inputs, shape.kernel()[0], shape.kernel()[1]));
  }

  private static List<Run> runs(ConvolutionShape shape, long ky, long kx) {
    List<Run> runs = new ArrayList<>();
    for (long y = 0; y < shape.out()[2]; y++) {
      for (long x = 0; x < shape.out()[3]; x++) {
        long atY = shape.point(0, y, ky);
        long atX = shape.point(1, x, kx);
        if (shape.isInside(0, atY) && shape.isInside(1, atX)) {
          add(runs, y * shape.out()[3] + x, atY * shape.in()[3] + atX);
        }
      }
    }
    return runs;
  }

  private static void add(List<Run> runs, long output, long input) {
    Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
    if (last != null && last.output + last.pixels == output && last.input + last.pixels == input) {
      runs.set(runs.size() - 1, new Run(last.output, last.input, last.pixels + 1));
    } else {
      runs.add(new Run(output, input, 1));
    }
  }

  /** In memory [height, width, batch, channels], in f32. */
  private static Layout pixelsFirst(long[] sizes) {
    long row = sizes[0] * sizes[1];
    return Layout.strided(DataType.FLOAT, sizes, new long[] {sizes[1], 1, sizes[3] * row, row});
  }

  @Override
  public void compute(long input, long gradient, long weights, long bias) {
    long matrix = Float.BYTES * outputs * inputs;
    try (Scratch x = Scratch.take(pixelsOfInput.bytes());
        Scratch dy = Scratch.take(pixelsOfGradient.bytes());
        Scratch dw = Scratch.take(matrix * taps.size())) {
      gatherInput.run(input, x.address());
      gatherGradient.run(gradient, dy.address());
      for (int tap = 0; tap < taps.size(); tap++) {
        long to = dw.address() + matrix * tap;
        if (taps.get(tap).isEmpty()) {
          Pointer.memset(new Address().at(to), 0, matrix);
        }
        float before = 0;
        for (Run run : taps.get(tap)) {
          multiply(
              dy.address() + Float.BYTES * run.output * batch * outputs,
              x.address() + Float.BYTES * run.input * batch * inputs,
              run.pixels * batch,
              before,
              to);
          before = 1;
        }
      }
      scatterWeights.run(dw.address(), weights);
      if (bias != 0) {
        addRows(dy.address(), bias);
      }
    }
  }

  private void addRows(long rows, long to) {
    OneDnn.check(
        dnnl_sgemm(
            PLAIN,
            PLAIN,
            1,
            outputs,
            ones.capacity(),
            1,
            ones,
            ones.capacity(),
            new Address().at(rows),
            outputs,
            0,
            new Address().at(to),
            outputs),
        "add up rows");
  }

  /** to = before · to + Σ left[i, output] · right[i, input] over the rows i. */
  private void multiply(long left, long right, long rows, float before, long to) {
    OneDnn.check(
        dnnl_sgemm(
            TRANSPOSED,
            PLAIN,
            outputs,
            inputs,
            rows,
            1,
            new Address().at(left),
            outputs,
            new Address().at(right),
            inputs,
            before,
            new Address().at(to),
            inputs),
        "multiply matrices");
  }
}
