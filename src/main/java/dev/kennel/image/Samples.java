package dev.kennel.image;

import dev.kennel.image.UnreadableImageException.Reason;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Copies an image's samples as they are stored. Java's own conversion ({@code getRGB}) applies a
 * gamma curve to grey and colour profiles to the rest; Pillow, and so the training of published
 * weights, does neither.
 */
final class Samples {
  private static final int BLACK = 3; // the band behind cyan, magenta, yellow

  private Samples() {}

  /**
   * Grey becomes three equal channels, a palette its colours, CMYK the light that two inks leave;
   * alpha is dropped.
   */
  static RgbImage rgb(BufferedImage image) throws UnreadableImageException {
    int width = image.getWidth();
    int height = image.getHeight();
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    int[] bandOf = bandOfChannels(image.getColorModel());
    byte[][] tables = tables(image.getColorModel(), raster.getTransferType());
    byte[] samples = new byte[RgbImage.CHANNELS * width * height]; // blue, green, red
    int[] row = new int[width * bands];
    int to = 0;
    boolean isCmyk = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK;
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int from = 0; from < row.length; from += bands) {
        samples[to++] = tables[2][row[from + bandOf[2]]];
        samples[to++] = tables[1][row[from + bandOf[1]]];
        samples[to++] = tables[0][row[from + bandOf[0]]];
        if (isCmyk) {
          darken(samples, to - RgbImage.CHANNELS, tables[0][row[from + BLACK]] & 0xff);
        }
      }
    }
    return new RgbImage(width, height, samples);
  }

  /** Inks become light, which black takes its share of: 255 (1 - ink) (1 - black). */
  private static void darken(byte[] samples, int first, int black) {
    for (int i = first; i < first + RgbImage.CHANNELS; i++) {
      samples[i] = (byte) (((255 - (samples[i] & 0xff)) * (255 - black) + 127) / 255);
    }
  }

  /** How many rows hold anything but zeros. */
  static int filledRows(Raster raster) {
    int[] row = new int[raster.getWidth() * raster.getNumBands()];
    int filled = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      filled += Arrays.stream(row).anyMatch(sample -> sample != 0) ? 1 : 0;
    }
    return filled;
  }

  private static int[] bandOfChannels(ColorModel model) throws UnreadableImageException {
    if (model instanceof IndexColorModel) {
      return new int[] {0, 0, 0};
    }
    int type = model.getColorSpace().getType();
    return switch (type) {
      case ColorSpace.TYPE_GRAY -> new int[] {0, 0, 0};
      case ColorSpace.TYPE_RGB, ColorSpace.TYPE_CMYK -> new int[] {0, 1, 2};
      default ->
          throw new UnreadableImageException(Reason.UNSUPPORTED, "colour space of type " + type);
    };
  }

  /** What each stored value becomes in each channel: [3, values]. */
  private static byte[][] tables(ColorModel model, int transferType)
      throws UnreadableImageException {
    if (model instanceof IndexColorModel palette) {
      byte[][] tables = new byte[RgbImage.CHANNELS][1 << palette.getPixelSize()];
      palette.getReds(tables[0]);
      palette.getGreens(tables[1]);
      palette.getBlues(tables[2]);
      return tables;
    }
    int bits = Arrays.stream(model.getComponentSize()).max().orElseThrow();
    if (bits > 16 || transferType == DataBuffer.TYPE_SHORT) {
      throw new UnreadableImageException(
          Reason.UNSUPPORTED, "samples that are signed or of " + bits + " bits");
    }
    byte[][] tables = new byte[RgbImage.CHANNELS][];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      int component = Math.min(channel, model.getNumColorComponents() - 1);
      tables[channel] = toEightBits(model.getComponentSize(component));
    }
    return tables;
  }

  private static byte[] toEightBits(int bits) {
    byte[] table = new byte[1 << bits];
    for (int value = 0; value < table.length; value++) {
      int scaled = bits >= 8 ? value >> (bits - 8) : value * 255 / (table.length - 1);
      table[value] = (byte) scaled;
    }
    return table;
  }
}
