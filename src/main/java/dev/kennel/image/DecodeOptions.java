package dev.kennel.image;

import java.io.Serializable;

/**
 * What {@link ImageDecoder} takes, and how exactly it decodes.
 *
 * @param maxPixels the limit on width times height, checked before any pixel is allocated; at most
 *     715,827,882, whose samples just fit an array
 * @param acceptsTruncated whether of an image that was cut short what is there is taken
 * @param targetSize side, in pixels, of the largest square the image is wanted for: larger JPEGs
 *     may then be decoded at a half, a quarter or an eighth of their size; 0 decodes all in full
 */
public record DecodeOptions(long maxPixels, boolean acceptsTruncated, int targetSize)
    implements Serializable {
  /** Whole images of at most 100 million pixels, which take 300 MB, in full. */
  public static final DecodeOptions DEFAULT = new DecodeOptions(100_000_000, false, 0);

  private static final int MOST_PIXELS = Integer.MAX_VALUE / RgbImage.CHANNELS;

  public DecodeOptions {
    if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "Cannot decode images of at most "
              + maxPixels
              + " pixels: the limit is 1 to "
              + MOST_PIXELS);
    }
    if (targetSize < 0) {
      throw new IllegalArgumentException(
          "Cannot decode images for squares of "
              + targetSize
              + " pixels: the side is 0 (all in full) or more");
    }
  }
}
