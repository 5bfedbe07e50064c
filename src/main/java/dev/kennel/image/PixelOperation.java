package dev.kennel.image;

import java.io.Serializable;
import java.util.SplittableRandom;

/** Varies the pixels of an image before they are normalized. */
interface PixelOperation extends Serializable {
  /**
   * The varied image; the one given stays as it is.
   *
   * @param pixels unsigned bytes [3, size, size]: red, green, blue
   * @param random what is drawn from it depends on nothing but the operation and what it drew
   */
  byte[] apply(byte[] pixels, int size, SplittableRandom random);
}
