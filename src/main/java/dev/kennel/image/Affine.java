package dev.kennel.image;

/**
 * Shears, shifts and turns an image as torchvision's {@code affine} and {@code rotate} do for
 * Pillow's images with their defaults: each pixel becomes the one that its centre comes from, black
 * where that lies outside.
 *
 * <p>The centre (x, y) comes from (a x + b y + c, d x + e y + f), in pixels from the upper left
 * corner, y downwards.
 */
record Affine(double a, double b, double c, double d, double e, double f) {

  /** Rows slide to the left, the farther down the more: by a share of how far down they are. */
  static Affine shearX(double share) {
    return new Affine(1, share, 0, 0, 1, 0);
  }

  /** Columns slide up, the farther right the more: by a share of how far right they are. */
  static Affine shearY(double share) {
    return new Affine(1, 0, 0, share, 1, 0);
  }

  /** Whole pixels to the right and down. */
  static Affine translation(int right, int down) {
    return new Affine(1, 0, -right, 0, 1, -down);
  }

  /** Anticlockwise around the middle of an image of that size. */
  static Affine rotation(double degrees, int size) {
    double angle = StrictMath.toRadians(degrees);
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    double middle = size / 2.0;
    return new Affine(
        cos,
        -sin,
        middle - cos * middle + sin * middle,
        sin,
        cos,
        middle - sin * middle - cos * middle);
  }

  byte[] apply(byte[] pixels, int size) {
    byte[] moved = new byte[pixels.length];
    int plane = size * size;
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        double x = a * (column + 0.5) + b * (row + 0.5) + c;
        double y = d * (column + 0.5) + e * (row + 0.5) + f;
        if (x >= 0 && x < size && y >= 0 && y < size) {
          int from = (int) y * size + (int) x;
          int to = row * size + column;
          moved[to] = pixels[from];
          moved[plane + to] = pixels[plane + from];
          moved[2 * plane + to] = pixels[2 * plane + from];
        }
      }
    }
    return moved;
  }
}
