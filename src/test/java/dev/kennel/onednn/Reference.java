package dev.kennel.onednn;

/**
 * What the layers compute, in double precision, by the shortest loops that say it. Images have
 * shape [batch, channels, height, width]. {@link ReferenceTest} checks the gradients by finite
 * differences.
 */
final class Reference {
  private Reference() {}

  /** A convolution's shape; the weights' is [out, in / groups, kernelHeight, kernelWidth]. */
  record Convolving(int[] stride, int[] padding, int[] dilation, int groups) {
    int size(int in, int kernel, int axis) {
      return (in + 2 * padding[axis] - dilation[axis] * (kernel - 1) - 1) / stride[axis] + 1;
    }

    Tensor forward(Tensor x, Tensor w, double[] bias) {
      Tensor y = outputOf(x, w);
      visit(x, w, y, (xi, wi, yi) -> y.values()[yi] += x.values()[xi] * w.values()[wi]);
      int pixels = y.shape()[2] * y.shape()[3];
      for (int i = 0; i < y.values().length; i++) {
        y.values()[i] += bias[i / pixels % y.shape()[1]];
      }
      return y;
    }

    Tensor weightGradient(Tensor x, Tensor w, Tensor dy) {
      Tensor dw = Tensor.zeros(w.shape());
      visit(x, w, dy, (xi, wi, yi) -> dw.values()[wi] += x.values()[xi] * dy.values()[yi]);
      return dw;
    }

    Tensor inputGradient(Tensor x, Tensor w, Tensor dy) {
      Tensor dx = Tensor.zeros(x.shape());
      visit(x, w, dy, (xi, wi, yi) -> dx.values()[xi] += w.values()[wi] * dy.values()[yi]);
      return dx;
    }

    private Tensor outputOf(Tensor x, Tensor w) {
      return Tensor.zeros(
          x.shape()[0],
          w.shape()[0],
          size(x.shape()[2], w.shape()[2], 0),
          size(x.shape()[3], w.shape()[3], 1));
    }

    private interface Product {
      void of(int x, int w, int y);
    }

    /** Every product that a convolution sums up, by the indices of its factors and its sum. */
    private void visit(Tensor x, Tensor w, Tensor y, Product product) {
      int in = w.shape()[1];
      int out = w.shape()[0];
      for (int n = 0; n < y.shape()[0]; n++) {
        for (int o = 0; o < out; o++) {
          for (int oy = 0; oy < y.shape()[2]; oy++) {
            for (int ox = 0; ox < y.shape()[3]; ox++) {
              for (int i = 0; i < in; i++) {
                int channel = o / (out / groups) * in + i;
                for (int ky = 0; ky < w.shape()[2]; ky++) {
                  for (int kx = 0; kx < w.shape()[3]; kx++) {
                    int iy = oy * stride[0] - padding[0] + ky * dilation[0];
                    int ix = ox * stride[1] - padding[1] + kx * dilation[1];
                    if (iy >= 0 && iy < x.shape()[2] && ix >= 0 && ix < x.shape()[3]) {
                      product.of(
                          x.index(n, channel, iy, ix),
                          w.index(o, i, ky, kx),
                          y.index(n, o, oy, ox));
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /** The sum over batch, height and width: a bias' gradient. */
  static Tensor channelSums(Tensor dy) {
    Tensor sums = Tensor.zeros(dy.shape()[1]);
    for (int i = 0; i < dy.values().length; i++) {
      sums.values()[channel(dy, i)] += dy.values()[i];
    }
    return sums;
  }

  /** The channel, or feature, that an element belongs to. */
  static int channel(Tensor x, int index) {
    int pixels = x.shape().length == 4 ? x.shape()[2] * x.shape()[3] : 1;
    return index / pixels % x.shape()[1];
  }

  /** Batch normalization of images or rows with a batch's statistics, then perhaps ReLU. */
  record Normalizing(Tensor x, double[] gamma, double[] beta, boolean relu) {
    private static final double EPSILON = 1e-5;

    double[] mean() {
      double[] mean = channelSums(x).values();
      for (int c = 0; c < mean.length; c++) {
        mean[c] /= examples();
      }
      return mean;
    }

    /** Values that a channel's mean is taken of. */
    int examples() {
      return x.values().length / x.shape()[1];
    }

    /** The biased variance of each channel. */
    double[] variance() {
      double[] mean = mean();
      double[] variance = new double[mean.length];
      for (int i = 0; i < x.values().length; i++) {
        double d = x.values()[i] - mean[channel(x, i)];
        variance[channel(x, i)] += d * d / examples();
      }
      return variance;
    }

    Tensor forward() {
      return forward(mean(), variance());
    }

    Tensor forward(double[] mean, double[] variance) {
      Tensor y = Tensor.zeros(x.shape());
      for (int i = 0; i < y.values().length; i++) {
        int c = channel(x, i);
        double z = (x.values()[i] - mean[c]) / Math.sqrt(variance[c] + EPSILON);
        double normalized = gamma[c] * z + beta[c];
        y.values()[i] = relu ? Math.max(normalized, 0) : normalized;
      }
      return y;
    }

    /** Gradients of the input, then of gamma, then of beta. */
    Tensor[] backward(Tensor dy) {
      double[] mean = mean();
      double[] variance = variance();
      Tensor y = forward();
      int channels = gamma.length;
      Tensor dGamma = Tensor.zeros(channels);
      Tensor dBeta = Tensor.zeros(channels);
      double[] masked = new double[dy.values().length];
      double[] z = new double[masked.length];
      for (int i = 0; i < masked.length; i++) {
        int c = channel(x, i);
        masked[i] = relu && y.values()[i] <= 0 ? 0 : dy.values()[i];
        z[i] = (x.values()[i] - mean[c]) / Math.sqrt(variance[c] + EPSILON);
        dGamma.values()[c] += masked[i] * z[i];
        dBeta.values()[c] += masked[i];
      }
      Tensor dx = Tensor.zeros(x.shape());
      for (int i = 0; i < masked.length; i++) {
        int c = channel(x, i);
        double centred = masked[i] - (dBeta.values()[c] + z[i] * dGamma.values()[c]) / examples();
        dx.values()[i] = gamma[c] / Math.sqrt(variance[c] + EPSILON) * centred;
      }
      return new Tensor[] {dx, dGamma, dBeta};
    }
  }

  /** Maximum or mean over windows. */
  record Pooling(boolean max, boolean countsPadding, int[] kernel, int[] stride, int[] padding) {

    Tensor forward(Tensor x) {
      Tensor y =
          Tensor.zeros(x.shape()[0], x.shape()[1], size(x.shape()[2], 0), size(x.shape()[3], 1));
      windows(
          x,
          y,
          (xs, divisor, yi) -> {
            double result = max ? Double.NEGATIVE_INFINITY : 0;
            for (int xi : xs) {
              double value = x.values()[xi];
              result = max ? Math.max(result, value) : result + value / divisor;
            }
            y.values()[yi] = result;
          });
      return y;
    }

    Tensor backward(Tensor x, Tensor dy) {
      Tensor dx = Tensor.zeros(x.shape());
      windows(
          x,
          dy,
          (xs, divisor, yi) -> {
            int best = xs[0];
            for (int xi : xs) {
              if (!max) {
                dx.values()[xi] += dy.values()[yi] / divisor;
              } else if (x.values()[xi] > x.values()[best]) {
                best = xi;
              }
            }
            if (max) {
              dx.values()[best] += dy.values()[yi];
            }
          });
      return dx;
    }

    private int size(int in, int axis) {
      return (in + 2 * padding[axis] - kernel[axis]) / stride[axis] + 1;
    }

    private interface Visitor {
      void window(int[] inputs, int divisor, int output);
    }

    private void windows(Tensor x, Tensor y, Visitor visitor) {
      for (int n = 0; n < y.shape()[0]; n++) {
        for (int c = 0; c < y.shape()[1]; c++) {
          for (int oy = 0; oy < y.shape()[2]; oy++) {
            for (int ox = 0; ox < y.shape()[3]; ox++) {
              int[] inputs = new int[kernel[0] * kernel[1]];
              int found = 0;
              for (int k = 0; k < inputs.length; k++) {
                int iy = oy * stride[0] - padding[0] + k / kernel[1];
                int ix = ox * stride[1] - padding[1] + k % kernel[1];
                if (iy >= 0 && iy < x.shape()[2] && ix >= 0 && ix < x.shape()[3]) {
                  inputs[found++] = x.index(n, c, iy, ix);
                }
              }
              int[] inside = java.util.Arrays.copyOf(inputs, found);
              visitor.window(inside, countsPadding ? inputs.length : found, y.index(n, c, oy, ox));
            }
          }
        }
      }
    }
  }
}
