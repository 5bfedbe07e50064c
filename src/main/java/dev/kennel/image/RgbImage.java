package dev.kennel.image;

/** A decoded image, which may be held at reduced size: 8-bit red, green and blue. */
public final class RgbImage {
  static final int CHANNELS = 3;

  /** Bits behind the point of a sample whose rows are mixed and whose columns are not yet. */
  private static final int FRACTION = 7;

  private static final int TOGETHER = 8;

  private final Side width;
  private final Side height;
  private final Pixels pixels;

  RgbImage(Side width, Side height, Pixels pixels) {
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  /** An image of samples [height, width, 3], each blue, green and red. */
  RgbImage(int width, int height, byte[] samples) {
    this(Side.inFull(width), Side.inFull(height), new StoredPixels(width, samples));
  }

  /** Of the whole image in pixels, whatever size it is held at. */
  public int width() {
    return width.length();
  }

  /** Of the whole image in pixels, whatever size it is held at. */
  public int height() {
    return height.length();
  }

  /** The sample of a channel (0 red, 1 green, 2 blue) in column x and row y, 0 to 255. */
  public int sample(int channel, int x, int y) {
    int column = width.sample(x);
    int[] pair = new int[2 * CHANNELS];
    pixels.read(height.sample(y), column & ~1, 2, pair);
    return pair[Pixels.index(CHANNELS - 1 - channel, column & 1, 2)];
  }

  /**
   * The centre square after the shorter side was resized to {@code size} and the longer one in
   * proportion, as torchvision's {@code Resize} and {@code CenterCrop} do: unsigned bytes [3, size,
   * size], first all red ones, row by row. An image of that very size comes back as it is.
   *
   * <p>Between rows and columns samples keep seven bits behind the point, where Pillow rounds; so
   * they may differ from Pillow's by 1.
   */
  public byte[] square(int size) {
    int shorter = Math.min(width(), height());
    return resampled(centre(width, shorter, size), centre(height, shorter, size), size);
  }

  /** The whole image, its sides resized apart to {@code size}; otherwise as {@link #square}. */
  byte[] stretched(int size) {
    return resampled(
        new TriangleFilter(width, size, 0, size), new TriangleFilter(height, size, 0, size), size);
  }

  private byte[] resampled(TriangleFilter columns, TriangleFilter rows, int size) {
    int from = columns.firstSource() & ~1;
    int count = (columns.endSource() - from + 1) & ~1;
    int[][] byColumn = mixRows(rows, from, count, size);
    int room = byColumn[0].length / CHANNELS;
    byte[] square = new byte[CHANNELS * size * size];
    int[][] mixed = new int[TOGETHER][CHANNELS * room];
    for (int x = 0; x < size; x += TOGETHER) {
      for (int i = 0; i < Math.min(size - x, TOGETHER); i++) {
        columns.mix(x + i, byColumn, from, mixed[i]);
        TriangleFilter.shift(mixed[i], TriangleFilter.PRECISION + FRACTION);
      }
      for (int channel = 0; channel < CHANNELS; channel++) {
        int to = (CHANNELS - 1 - channel) * size * size + x;
        if (x + TOGETHER <= size) {
          turnBack(mixed, channel * room, size, square, to);
        } else {
          turnBack(mixed, channel * room, size, size - x, square, to);
        }
      }
    }
    return square;
  }

  /** Writes eight columns into rows. */
  private static void turnBack(int[][] columns, int first, int size, byte[] square, int to) {
    int[] column0 = columns[0];
    int[] column1 = columns[1];
    int[] column2 = columns[2];
    int[] column3 = columns[3];
    int[] column4 = columns[4];
    int[] column5 = columns[5];
    int[] column6 = columns[6];
    int[] column7 = columns[7];
    for (int y = 0, at = to, from = first; y < size; y++, at += size, from++) {
      square[at] = (byte) column0[from];
      square[at + 1] = (byte) column1[from];
      square[at + 2] = (byte) column2[from];
      square[at + 3] = (byte) column3[from];
      square[at + 4] = (byte) column4[from];
      square[at + 5] = (byte) column5[from];
      square[at + 6] = (byte) column6[from];
      square[at + 7] = (byte) column7[from];
    }
  }

  private static void turnBack(
      int[][] columns, int first, int size, int count, byte[] square, int to) {
    for (int i = 0; i < count; i++) {
      for (int y = 0; y < size; y++) {
        square[to + y * size + i] = (byte) columns[i][first + y];
      }
    }
  }

  /**
   * The columns of the image that has its final height: of each its blues, from top to bottom,
   * greens and reds, with some room behind each.
   */
  private int[][] mixRows(TriangleFilter rows, int from, int count, int size) {
    int room = (size + TOGETHER - 1) / TOGETHER * TOGETHER;
    int[][] byColumn = new int[count + TriangleFilter.UNROLLED][CHANNELS * room];
    int[][] ring = new int[rows.taps()][CHANNELS * count]; // the rows that count at the moment
    int[][] mixed = new int[TOGETHER][CHANNELS * count];
    int next = rows.firstSource();
    for (int y = 0; y < size; y += TOGETHER) {
      for (int i = 0; i < Math.min(size - y, TOGETHER); i++) {
        for (; next < rows.end(y + i); next++) {
          pixels.read(next, from, count, ring[next % ring.length]);
        }
        rows.mix(y + i, ring, 0, mixed[i]);
        TriangleFilter.shift(mixed[i], TriangleFilter.PRECISION - FRACTION);
      }
      for (int channel = 0; channel < CHANNELS; channel++) {
        for (int odd = 0; odd < 2; odd++) {
          int first = Pixels.index(channel, odd, count);
          turn(mixed, first, count / 2, byColumn, odd, channel * room + y);
        }
      }
    }
    return byColumn;
  }

  /**
   * Writes eight rows into every second column. One row at a time would touch as many lines of the
   * processor's cache, eight times.
   */
  private static void turn(int[][] rows, int first, int count, int[][] columns, int odd, int to) {
    int[] row0 = rows[0];
    int[] row1 = rows[1];
    int[] row2 = rows[2];
    int[] row3 = rows[3];
    int[] row4 = rows[4];
    int[] row5 = rows[5];
    int[] row6 = rows[6];
    int[] row7 = rows[7];
    for (int i = 0, from = first; i < count; i++, from++) {
      int[] column = columns[2 * i + odd];
      column[to] = row0[from];
      column[to + 1] = row1[from];
      column[to + 2] = row2[from];
      column[to + 3] = row3[from];
      column[to + 4] = row4[from];
      column[to + 5] = row5[from];
      column[to + 6] = row6[from];
      column[to + 7] = row7[from];
    }
  }

  private static TriangleFilter centre(Side side, int shorter, int size) {
    int resized = (int) ((long) size * side.length() / shorter);
    int crop = (int) Math.rint((resized - size) / 2.0); // half to even, as Python rounds
    return new TriangleFilter(side, resized, crop, size);
  }

  /** The image as it is seen, given the EXIF orientation (1 to 8) in which it was stored. */
  RgbImage upright(int orientation) {
    int row = width.samples();
    int bottomLeft = row * (height.samples() - 1);
    int last = bottomLeft + row - 1;
    return switch (orientation) {
      case 2 -> walk(width.mirrored(), height, row - 1, -1, row); // mirrored
      case 3 -> walk(width.mirrored(), height.mirrored(), last, -1, -row); // upside down
      case 4 -> walk(width, height.mirrored(), bottomLeft, 1, -row); // mirrored upside down
      case 5 -> walk(height, width, 0, row, 1); // transposed
      case 6 -> walk(height.mirrored(), width, bottomLeft, -row, 1); // to be turned clockwise
      case 7 -> walk(height.mirrored(), width.mirrored(), last, -row, -1); // by the other diagonal
      case 8 -> walk(height, width.mirrored(), row - 1, row, -1); // to be turned anticlockwise
      default -> this;
    };
  }

  /** Copies samples from {@code start} on, going a fixed way for each column and each row. */
  private RgbImage walk(Side newWidth, Side newHeight, int start, int perColumn, int perRow) {
    byte[] samples = samples();
    byte[] turned = new byte[samples.length];
    int to = 0;
    for (int y = 0; y < newHeight.samples(); y++) {
      int from = (start + y * perRow) * CHANNELS;
      for (int x = 0; x < newWidth.samples(); x++, from += perColumn * CHANNELS) {
        turned[to++] = samples[from];
        turned[to++] = samples[from + 1];
        turned[to++] = samples[from + 2];
      }
    }
    return new RgbImage(newWidth, newHeight, new StoredPixels(newWidth.samples(), turned));
  }

  /** Of all its pixels as it is held: [height, width, 3], each blue, green and red. */
  byte[] samples() {
    int columns = width.samples();
    int count = (columns + 1) & ~1;
    int[] row = new int[count * CHANNELS];
    byte[] samples = new byte[CHANNELS * columns * height.samples()];
    int to = 0;
    for (int y = 0; y < height.samples(); y++) {
      pixels.read(y, 0, count, row);
      for (int x = 0; x < columns; x++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
          samples[to++] = (byte) row[Pixels.index(channel, x, count)];
        }
      }
    }
    return samples;
  }
}
