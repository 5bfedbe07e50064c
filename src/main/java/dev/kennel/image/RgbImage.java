package dev.kennel.image;

/** A decoded image: 8-bit red, green and blue. */
public final class RgbImage {
  static final int CHANNELS = 3;

  private final int width;
  private final int height;
  private final byte[] planes; // [3, height, width]

  RgbImage(int width, int height, byte[] planes) {
    this.width = width;
    this.height = height;
    this.planes = planes;
  }

  /** In pixels. */
  public int width() {
    return width;
  }

  /** In pixels. */
  public int height() {
    return height;
  }

  /** The sample of a channel (0 red, 1 green, 2 blue) in column x and row y, 0 to 255. */
  public int sample(int channel, int x, int y) {
    return planes[(channel * height + y) * width + x] & 0xff;
  }

  /**
   * The centre square after the shorter side was resized to {@code size} and the longer one in
   * proportion, as torchvision's {@code Resize} and {@code CenterCrop} do: unsigned bytes [3, size,
   * size], first all red ones, row by row. An image of that very size comes back as it is.
   */
  public byte[] square(int size) {
    int shorter = Math.min(width, height);
    TriangleFilter columns = centre(width, shorter, size);
    TriangleFilter rows = centre(height, shorter, size);
    // The horizontal pass skips the rows that the crop leaves out.
    int first = rows.firstSource();
    int needed = rows.endSource() - first;
    byte[] narrow = new byte[needed * size];
    byte[] square = new byte[CHANNELS * size * size];
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int row = 0; row < needed; row++) {
        int source = (channel * height + first + row) * width;
        columns.resampleRow(planes, source, narrow, row * size);
      }
      rows.resampleColumns(narrow, size, square, channel * size * size);
    }
    return square;
  }

  private static TriangleFilter centre(int side, int shorter, int size) {
    int resized = (int) ((long) size * side / shorter);
    int crop = (int) Math.rint((resized - size) / 2.0); // half to even, as Python rounds
    return new TriangleFilter(side, resized, crop, size);
  }

  /** The image as it is seen, given the EXIF orientation (1 to 8) in which it was stored. */
  RgbImage upright(int orientation) {
    int last = width * height - 1;
    int bottomLeft = last - width + 1;
    return switch (orientation) {
      case 2 -> walk(width, height, width - 1, -1, width); // mirrored
      case 3 -> walk(width, height, last, -1, -width); // upside down
      case 4 -> walk(width, height, bottomLeft, 1, -width); // mirrored upside down
      case 5 -> walk(height, width, 0, width, 1); // transposed
      case 6 -> walk(height, width, bottomLeft, -width, 1); // to be turned clockwise
      case 7 -> walk(height, width, last, -width, -1); // transposed along the other diagonal
      case 8 -> walk(height, width, width - 1, width, -1); // to be turned anticlockwise
      default -> this;
    };
  }

  /** Copies pixels from {@code start} on, going a fixed way for each column and each row. */
  private RgbImage walk(int newWidth, int newHeight, int start, int perColumn, int perRow) {
    byte[] turned = new byte[planes.length];
    int to = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      int plane = channel * width * height;
      for (int y = 0; y < newHeight; y++) {
        int from = plane + start + y * perRow;
        for (int x = 0; x < newWidth; x++, from += perColumn) {
          turned[to++] = planes[from];
        }
      }
    }
    return new RgbImage(newWidth, newHeight, turned);
  }
}
