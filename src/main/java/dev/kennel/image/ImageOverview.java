package dev.kennel.image;

/**
 * An image from afar: the sums of its pixels over 9 by 8 cells that divide it evenly. They give its
 * mean colour, and its difference hash (Krawetz 2013, "Kind of Like That"). A pixel on the edge of
 * two cells counts for each by its share, in whole numbers, so that nothing is rounded.
 */
public final class ImageOverview {
  private static final int COLUMNS = 9;
  private static final int ROWS = 8;

  /** Parts of red, green and blue in grey (ITU-R BT.601). */
  private static final int[] GREY = {299, 587, 114};

  private static final int THOUSAND = 1000; // of these parts are a whole

  private final long[][][] sums = new long[ROWS][COLUMNS][RgbImage.CHANNELS]; // red, green, blue
  private final long area; // what each of them is a sum of

  private ImageOverview(int width, int height) {
    area = (long) width * height;
  }

  /** Reads each pixel once. */
  static ImageOverview of(Pixels pixels, int width, int height) {
    ImageOverview overview = new ImageOverview(width, height);
    int count = (width + 1) & ~1;
    int[] row = new int[RgbImage.CHANNELS * count];
    for (int y = 0; y < height; y++) {
      pixels.read(y, 0, count, row);
      long[][] cells = cells(row, width, count);
      for (int cell = first(y, ROWS, height); cell < end(y, ROWS, height); cell++) {
        overview.add(cell, cells, share(y, ROWS, cell, height));
      }
    }
    return overview;
  }

  /** The sums of one row: [columns, 3]. */
  private static long[][] cells(int[] row, int width, int count) {
    long[][] cells = new long[COLUMNS][RgbImage.CHANNELS];
    for (int x = 0; x < width; x++) {
      int blue = row[Pixels.index(0, x, count)];
      int green = row[Pixels.index(1, x, count)];
      int red = row[Pixels.index(2, x, count)];
      for (int cell = first(x, COLUMNS, width); cell < end(x, COLUMNS, width); cell++) {
        long share = share(x, COLUMNS, cell, width);
        cells[cell][0] += share * red;
        cells[cell][1] += share * green;
        cells[cell][2] += share * blue;
      }
    }
    return cells;
  }

  private void add(int row, long[][] cells, long share) {
    for (int column = 0; column < COLUMNS; column++) {
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        sums[row][column][channel] += share * cells[column][channel];
      }
    }
  }

  // Where a side of n pixels has c cells, a pixel is c and a cell n parts long.

  /** The first cell that a pixel lies in. */
  private static int first(int pixel, int cells, int pixels) {
    return (int) ((long) pixel * cells / pixels);
  }

  /** The cell behind the last that it lies in. */
  private static int end(int pixel, int cells, int pixels) {
    return (int) (((long) (pixel + 1) * cells + pixels - 1) / pixels);
  }

  /** How many parts of it lie in a cell. */
  private static long share(int pixel, int cells, int cell, int pixels) {
    long from = Math.max((long) pixel * cells, (long) cell * pixels);
    long to = Math.min((long) (pixel + 1) * cells, (long) (cell + 1) * pixels);
    return to - from;
  }

  /** The mean over the image of a channel (0 red, 1 green, 2 blue), 0 to 255. */
  public double mean(int channel) {
    long sum = 0;
    for (long[][] row : sums) {
      for (long[] cell : row) {
        sum += cell[channel];
      }
    }
    return (double) sum / area / (ROWS * COLUMNS);
  }

  /**
   * A bit for each cell and its right neighbour, 1 where that one is lighter; row by row, the first
   * in the highest bit. Pictures that look alike differ in few bits, whatever their size and form.
   */
  public long perceptualHash() {
    long hash = 0;
    for (long[][] row : sums) {
      for (int column = 1; column < COLUMNS; column++) {
        hash = hash << 1 | (grey(row[column - 1]) < grey(row[column]) ? 1 : 0);
      }
    }
    return hash;
  }

  /**
   * Whether more than half of these bits say little, because the cells are equally light but for
   * one level of 255. Such pictures, say of small things on white, look alike to the hash.
   */
  public boolean isPlain() {
    int clear = 0;
    for (long[][] row : sums) {
      for (int column = 1; column < COLUMNS; column++) {
        long step = Math.abs(grey(row[column - 1]) - grey(row[column]));
        clear += step > THOUSAND * area ? 1 : 0;
      }
    }
    return clear < Long.SIZE / 2;
  }

  private static long grey(long[] cell) {
    long grey = 0;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      grey += GREY[channel] * cell[channel];
    }
    return grey;
  }
}
