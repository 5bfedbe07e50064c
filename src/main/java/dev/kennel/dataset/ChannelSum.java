package dev.kennel.dataset;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one colour channel of some images adds up to: whole numbers, so that their order does not
 * matter.
 *
 * @param pixels how many there are
 * @param sum of their samples, each 0 to 255
 * @param squares sum of the squares of these
 */
public record ChannelSum(long pixels, long sum, long squares) implements Serializable {
  /** Red, green and blue. */
  static final int CHANNELS = 3;

  static final ChannelSum NONE = new ChannelSum(0, 0, 0);

  /** The sums of red, green and blue in a square of unsigned bytes [3, size, size]. */
  static List<ChannelSum> of(byte[] square) {
    int pixels = square.length / CHANNELS;
    return IntStream.range(0, CHANNELS)
        .mapToObj(channel -> of(square, channel * pixels, pixels))
        .toList();
  }

  private static ChannelSum of(byte[] samples, int from, int count) {
    long sum = 0;
    long squares = 0;
    for (int i = from; i < from + count; i++) {
      int sample = samples[i] & 0xff;
      sum += sample;
      squares += sample * sample;
    }
    return new ChannelSum(count, sum, squares);
  }

  ChannelSum plus(ChannelSum other) {
    return new ChannelSum(pixels + other.pixels, sum + other.sum, squares + other.squares);
  }

  /** The mean of the samples, scaled to [0, 1]. */
  public double mean() {
    return (double) sum / pixels / 255;
  }

  /** The standard deviation over all pixels, scaled alike. */
  public double deviation() {
    double mean = (double) sum / pixels;
    return Math.sqrt(Math.max((double) squares / pixels - mean * mean, 0)) / 255;
  }
}
