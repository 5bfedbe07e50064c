package dev.kennel.image;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

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
   * @param features each image's [3, size, size]
   * @param labels each image's [classes], adding up to 1, as they do afterwards
   */
  public void mix(List<FloatBuffer> features, List<FloatBuffer> labels, int size, long seed) {
    if (!isOn()) {
      return;
    }
    SplittableRandom random = new SplittableRandom(seed);
    boolean both = mixupAlpha > 0 && cutmixAlpha > 0;
    boolean isCut = both ? random.nextBoolean() : cutmixAlpha > 0;
    if (isCut) {
      Box patch = patch(size, Beta.draw(cutmixAlpha, random), random);
      cut(features, size, patch);
      double covered = (double) (patch.width() * patch.height()) / (size * size);
      blend(labels, 1 - covered);
    } else {
      double share = Beta.draw(mixupAlpha, random);
      blend(features, share);
      blend(labels, share);
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
  static void blend(List<FloatBuffer> rows, double share) {
    float own = (float) share;
    float other = (float) (1 - share);
    fromTheEnd(
        rows,
        (row, before) -> {
          for (int i = 0; i < row.capacity(); i++) {
            row.put(i, own * row.get(i) + other * before.get(i));
          }
        });
  }

  /** Each image takes a patch of the one before. */
  static void cut(List<FloatBuffer> images, int size, Box patch) {
    fromTheEnd(
        images,
        (image, before) -> {
          for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
            for (int y = patch.top(); y < patch.top() + patch.height(); y++) {
              int at = (channel * size + y) * size + patch.left();
              image.put(at, before, at, patch.width());
            }
          }
        });
  }

  /** Mixes each row with the one before, which is still as it was, and the first with the last. */
  private static void fromTheEnd(
      List<FloatBuffer> rows, BiConsumer<FloatBuffer, FloatBuffer> mixing) {
    FloatBuffer end = rows.get(rows.size() - 1);
    FloatBuffer last = FloatBuffer.allocate(end.capacity()).put(0, end, 0, end.capacity());
    for (int i = rows.size() - 1; i > 0; i--) {
      mixing.accept(rows.get(i), rows.get(i - 1));
    }
    mixing.accept(rows.get(0), last);
  }
}
