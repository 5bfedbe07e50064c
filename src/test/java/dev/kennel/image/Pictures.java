package dev.kennel.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Makes small images and their files. */
final class Pictures {
  private Pictures() {}

  /** An RGB image from rows of 0xRRGGBB. */
  static BufferedImage rgb(int[]... rows) {
    BufferedImage image =
        new BufferedImage(rows[0].length, rows.length, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < rows.length; y++) {
      image.setRGB(0, y, rows[y].length, 1, rows[y], 0, rows[y].length);
    }
    return image;
  }

  /** A photograph's stand-in: large enough that half its file holds half its rows. */
  static BufferedImage noise(int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      image.setRGB(i % side, i / side, i * 0x9e3779b1);
    }
    return image;
  }

  /** The file in an ImageIO format such as {@code png}. */
  static byte[] file(String format, BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException(
            "Cannot write " + format + ": no writer takes the image");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] firstHalf(byte[] file) {
    return Arrays.copyOf(file, file.length / 2);
  }

  /** The pixel in column x and row y as 0xRRGGBB. */
  static int pixel(RgbImage image, int x, int y) {
    return image.sample(0, x, y) << 16 | image.sample(1, x, y) << 8 | image.sample(2, x, y);
  }
}
