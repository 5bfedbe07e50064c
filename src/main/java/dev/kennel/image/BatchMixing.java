package dev.kennel.image;

import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Mixes each image of a batch with the one before it, the first with the last, and their labels in
 * the same shares: mixup (Zhang et al. 2018) or CutMix (Yun et al. 2019), as torchvision's training
 * reference does. Of two, one is drawn for each batch.
 *
 * @param mixupAlpha the share that an image keeps is drawn from Beta(α, α); 0: no mixup
 * @param cutmixAlpha the same for the area that it keeps; 0: no CutMix
 */
public record BatchMixing(double mixupAlpha, double cutmixAlpha) implements Serializable {
  /** Batches as they are. */
  public static final BatchMixing NONE = new BatchMixing(0, 0);

  public BatchMixing {
    if (!(mixupAlpha >= 0 && cutmixAlpha >= 0)) {
      throw new IllegalArgumentException(
          "Cannot mix with alpha " + mixupAlpha + " and " + cutmixAlpha + ": they are 0 or more");
    }
  }

  /** Whether batches are mixed at all. */
  public boolean isOn() {
    return mixupAlpha > 0 || cutmixAlpha > 0;
  }

  /**
   * Mixes a batch in place. Draws which of the two, if both are on; then the share and, for CutMix,
   * column and row of the patch's middle.
   *
   * @param features [batch, 3, size, size]
   * @param labels [batch, classes], each row adding up to 1, as it does afterwards
   */
  public void mix(float[] features, float[] labels, int batch, int size, long seed) {
    if (!isOn()) {
      return;
    }
    SplittableRandom random = new SplittableRandom(seed);
    boolean both = mixupAlpha > 0 && cutmixAlpha > 0;
    boolean isCut = both ? random.nextBoolean() : cutmixAlpha > 0;
    if (isCut) {
      Box patch = patch(size, Beta.draw(cutmixAlpha, random), random);
      cut(features, batch, size, patch);
      double covered = (double) (patch.width() * patch.height()) / (size * size);
      blend(labels, batch, 1 - covered);
    } else {
      double share = Beta.draw(mixupAlpha, random);
      blend(features, batch, share);
      blend(labels, batch, share);
    }
  }

  /** A square around any pixel, cut off at the edges, that leaves the share of the area or more. */
  private static Box patch(int size, double share, SplittableRandom random) {
    int half = (int) (0.5 * Math.sqrt(1 - share) * size);
    int x = random.nextInt(size);
    int y = random.nextInt(size);
    int left = Math.max(x - half, 0);
    int top = Math.max(y - half, 0);
    return new Box(left, top, Math.min(x + half, size) - left, Math.min(y + half, size) - top);
  }

  /** Each row becomes its share of itself and the rest of the row before. */
  static void blend(float[] rows, int batch, double share) {
    int length = rows.length / batch;
    float own = (float) share;
    float other = (float) (1 - share);
    float[] last = Arrays.copyOfRange(rows, rows.length - length, rows.length);
    for (int i = batch - 1; i >= 0; i--) { // from the end: the row before is still as it was
      float[] before = i > 0 ? rows : last;
      int from = i > 0 ? (i - 1) * length : 0;
      int to = i * length;
      for (int j = 0; j < length; j++) {
        rows[to + j] = own * rows[to + j] + other * before[from + j];
      }
    }
  }

  /** Each image takes a patch of the one before. */
  static void cut(float[] images, int batch, int size, Box patch) {
    int length = RgbImage.CHANNELS * size * size;
    float[] last = Arrays.copyOfRange(images, images.length - length, images.length);
    for (int i = batch - 1; i >= 0; i--) {
      float[] before = i > 0 ? images : last;
      int from = i > 0 ? (i - 1) * length : 0;
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        for (int y = patch.top(); y < patch.top() + patch.height(); y++) {
          int at = (channel * size + y) * size + patch.left();
          System.arraycopy(before, from + at, images, i * length + at, patch.width());
        }
      }
    }
  }
}
