package dev.kennel.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import javax.imageio.ImageIO;

/** A picture of many images side by side, as a network is given them: to look at. */
public final class ContactSheet {
  /** Smaller images are enlarged to this, by whole times, so that their pixels can be seen. */
  private static final int LEAST = 96;

  private static final int GAP = 4;
  private static final double MOST = 1e8; // pixels

  private final int size;
  private final int side; // of an image on the sheet
  private final BufferedImage sheet;

  /**
   * An empty sheet for images of {@code size} pixels.
   *
   * @throws IllegalArgumentException if it would be too large
   */
  public ContactSheet(int rows, int columns, int size) {
    this.size = size;
    this.side = size * Math.max(1, (LEAST + size - 1) / size);
    if ((double) rows * columns * side * side > MOST) {
      throw new IllegalArgumentException(
          "Cannot draw %d x %d images of %d pixels: the sheet would have more than %.0f million"
              .formatted(rows, columns, side, MOST / 1e6));
    }
    this.sheet = new BufferedImage(length(columns), length(rows), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.dispose();
  }

  /** Pixels that so many images take, side by side. */
  private int length(int images) {
    return GAP + images * (side + GAP);
  }

  /** Places normalized floats [3, size, size]; row and column from 0. */
  public void place(int row, int column, float[] image) {
    int left = length(column);
    int top = length(row);
    int times = side / size;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        sheet.setRGB(left + x, top + y, rgb(image, y / times * size + x / times));
      }
    }
  }

  private int rgb(float[] image, int at) {
    int rgb = 0;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      double share =
          image[at + channel * size * size] * Augmentation.STANDARD_DEVIATION.get(channel)
              + Augmentation.MEAN.get(channel);
      rgb = rgb << 8 | (int) Math.rint(255 * Math.min(Math.max(share, 0), 1));
    }
    return rgb;
  }

  /** Writes it as PNG. */
  public void write(OutputStream out) throws IOException {
    if (!ImageIO.write(sheet, "png", out)) {
      throw new IllegalStateException("Every Java writes PNG");
    }
  }
}
