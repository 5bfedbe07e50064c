package dev.kennel.onednn;

import java.util.Arrays;

/**
 * The sizes of a convolution of one group.
 *
 * @param in batch, channels, height and width of the input
 * @param out the same of the output
 * @param kernel height and width
 * @param stride points of the input from one pixel of the output to the next, in both directions
 * @param padding points added on all sides
 * @param dilation points of the input from one tap of the kernel to the next; 1: side by side
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to oneDNN, never compared
record ConvolutionShape(
    long[] in, long[] out, long[] kernel, long[] stride, long[] padding, long[] dilation) {
  /** Of a layer, for an input of these sizes. */
  static ConvolutionShape of(Convolution layer, long[] in) {
    long[] kernel = longs(layer.getKernelSize());
    long[] stride = longs(layer.getStride());
    long[] padding = longs(layer.getPadding());
    long[] dilation = longs(layer.getDilation());
    long[] out = {in[0], layer.getNOut(), 0, 0};
    for (int axis = 0; axis < 2; axis++) {
      long reach = dilation[axis] * (kernel[axis] - 1) + 1;
      out[2 + axis] = (in[2 + axis] + 2 * padding[axis] - reach) / stride[axis] + 1;
    }
    return new ConvolutionShape(in, out, kernel, stride, padding, dilation);
  }

  private static long[] longs(int[] ints) {
    return Arrays.stream(ints).asLongStream().toArray();
  }

  /** Pixels of an image of the output. */
  long pixels() {
    return out[2] * out[3];
  }

  /** Taps of the kernel. */
  long taps() {
    return kernel[0] * kernel[1];
  }

  /** Points that lie between two taps, as oneDNN counts dilation. */
  long[] skipped() {
    return Arrays.stream(dilation).map(points -> points - 1).toArray();
  }

  /**
   * The point of the input that a tap meets, which may lie in the padding.
   *
   * @param axis 0 for height, 1 for width
   * @param pixel of the output
   */
  long point(int axis, long pixel, long tap) {
    return pixel * stride[axis] - padding[axis] + tap * dilation[axis];
  }

  /** Whether a point of an axis is in the image. */
  boolean isInside(int axis, long point) {
    return point >= 0 && point < in[2 + axis];
  }
}
