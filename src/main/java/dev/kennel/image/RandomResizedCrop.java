package dev.kennel.image;

import java.util.SplittableRandom;

/**
 * Cuts a rectangle out of an image and stretches it to the image's size, as torchvision's {@code
 * RandomResizedCrop} does (Szegedy et al. 2015). Resizing is bilinear and antialiased.
 *
 * <p>Draws share, ratio, column and row; share and ratio again, up to ten times, while the
 * rectangle does not fit. Then it is the largest one in the middle whose ratio is allowed.
 *
 * @param scale the rectangle's share of the area, in (0, 1]
 * @param ratio its width by its height
 */
record RandomResizedCrop(Range scale, Range ratio) implements PixelOperation {
  @Override
  public byte[] apply(byte[] pixels, int size, SplittableRandom random) {
    return crop(
        pixels, size, Box.draw(size, scale, ratio, size, random).orElseGet(() -> middle(size)));
  }

  static byte[] crop(byte[] pixels, int size, Box box) {
    PlanarPixels part = new PlanarPixels(pixels, size, box.left(), box.top());
    return new RgbImage(Side.inFull(box.width()), Side.inFull(box.height()), part).stretched(size);
  }

  private Box middle(int size) {
    double aspect = ratio.nearest(1);
    int width = Math.max(1, (int) Math.rint(size * Math.min(aspect, 1)));
    int height = Math.max(1, (int) Math.rint(size / Math.max(aspect, 1)));
    return new Box((size - width) / 2, (size - height) / 2, width, height);
  }
}
