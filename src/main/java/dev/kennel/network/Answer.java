package dev.kennel.network;

import java.io.Serializable;

/**
 * What a network answered for one image.
 *
 * @param label the image's class; of an image mixed of several, that of the greatest share
 * @param predicted the class of the highest probability; the lower label on a tie
 * @param probability of {@code predicted}
 * @param loss cross-entropy, in nats: −ln of the probability of {@code label}; of a mixed image the
 *     mean over its classes, weighted by their shares
 * @param top5 the five classes of the highest probabilities, best first; all where there are fewer
 */
@SuppressWarnings("ArrayRecordComponent") // by the thousand, never compared
public record Answer(int label, int predicted, double probability, double loss, int[] top5)
    implements Serializable {
  private static final int MOST = 5;

  /** The answer for one row of probabilities, those of the classes from {@code offset} on. */
  public static Answer of(float[] probabilities, int offset, int classes, int label) {
    return of(probabilities, offset, classes, label, loss(probabilities[offset + label]));
  }

  /**
   * The answer for an image that may be mixed of several.
   *
   * @param shares of the classes in the image, which add up to 1; its row begins at {@code offset}
   *     too, and the lower label wins a tie
   */
  public static Answer of(float[] probabilities, float[] shares, int offset, int classes) {
    int label = 0;
    double loss = 0;
    for (int c = 0; c < classes; c++) {
      label = shares[offset + c] > shares[offset + label] ? c : label;
      loss += shares[offset + c] * loss(probabilities[offset + c]);
    }
    return of(probabilities, offset, classes, label, loss);
  }

  private static double loss(float probability) {
    // A softmax in f32 can round to 0, and the logarithm of that is infinite.
    return -Math.log(Math.max(probability, Float.MIN_VALUE));
  }

  private static Answer of(float[] probabilities, int offset, int classes, int label, double loss) {
    int[] best = new int[Math.min(MOST, classes)];
    int found = 0;
    for (int c = 0; c < classes; c++) {
      float p = probabilities[offset + c];
      int place = found;
      while (place > 0 && p > probabilities[offset + best[place - 1]]) {
        place--;
      }
      if (place < best.length) {
        int moved = Math.min(found, best.length - 1) - place;
        System.arraycopy(best, place, best, place + 1, moved);
        best[place] = c;
        found = Math.min(found + 1, best.length);
      }
    }
    return new Answer(label, best[0], probabilities[offset + best[0]], loss, best);
  }

  /** Whether the prediction is right. */
  public boolean isRight() {
    return predicted == label;
  }

  /** Whether the right class is among the five best. */
  public boolean isInTop5() {
    for (int candidate : top5) {
      if (candidate == label) {
        return true;
      }
    }
    return false;
  }
}
