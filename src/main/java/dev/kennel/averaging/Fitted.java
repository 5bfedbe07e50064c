package dev.kennel.averaging;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.storage.BlockManagerId;

/**
 * What a worker tells of its fit to those that average.
 *
 * @param worker counted from 0
 * @param work what it did, with its weight in the mean
 * @param slicing how its state is cut
 * @param seconds that the fit took
 * @param owner the executor that has published it
 * @param endMillis when it ended, by the clock of its machine
 */
record Fitted(
    int worker, Work work, Slicing slicing, double seconds, BlockManagerId owner, long endMillis)
    implements Serializable {
  long examples() {
    return work.examples();
  }

  /** Each worker's share of the examples, the workers being in order. */
  static float[] weights(List<Fitted> fits, int workers) {
    if (fits.size() != workers) {
      throw new IllegalStateException("Heard of " + fits.size() + " workers instead of " + workers);
    }
    double examples = fits.stream().mapToLong(Fitted::examples).sum();
    float[] weights = new float[workers];
    for (int w = 0; w < workers; w++) {
      weights[w] = (float) (fits.get(w).examples() / examples);
    }
    return weights;
  }
}
