package dev.kennel.training;

import dev.kennel.dataset.PreparedImage;
import dev.kennel.image.Augmentation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes training batches of a worker's images, each varied anew in every epoch. The variation
 * depends on the seed, the epoch and the image alone.
 *
 * @param plan how the epoch is cut
 * @param imageSize in pixels
 * @param classes number of classes
 * @param augmentation how images are varied
 * @param seed of the run
 */
record Batches(BatchPlan plan, int imageSize, int classes, Augmentation augmentation, long seed)
    implements Serializable {

  /**
   * The batches of one round, made as they are asked for: features [batch, 3, size, size], labels
   * [batch, classes] (one-hot).
   *
   * @param images those of the round for that worker, in its order
   * @param epoch counted from 1
   * @param round counted from 0
   */
  Iterator<MultiDataSet> round(Iterator<PreparedImage> images, int worker, int epoch, int round) {
    return IntStream.range(plan.firstStep(round), plan.endStep(round))
        .mapToObj(step -> batch(take(images, plan.batchSize(step, worker)), epoch))
        .iterator();
  }

  private static List<PreparedImage> take(Iterator<PreparedImage> images, int count) {
    List<PreparedImage> taken = new ArrayList<>(count);
    while (taken.size() < count) {
      taken.add(images.next());
    }
    return taken;
  }

  private MultiDataSet batch(List<PreparedImage> images, int epoch) {
    int imageLength = 3 * imageSize * imageSize;
    float[] features = new float[images.size() * imageLength];
    INDArray labels = Nd4j.zeros(images.size(), classes);
    for (int i = 0; i < images.size(); i++) {
      PreparedImage image = images.get(i);
      long imageSeed = mix(epoch, image.id());
      augmentation.write(image.pixels(), imageSize, imageSeed, features, i * imageLength);
      labels.putScalar(i, image.label(), 1);
    }
    INDArray array =
        Nd4j.create(features, new long[] {images.size(), 3, imageSize, imageSize}, 'c');
    return new org.nd4j.linalg.dataset.MultiDataSet(array, labels);
  }

  /** A seed for one epoch of one image. */
  private long mix(int epoch, int of) {
    return new SplittableRandom(seed + (((long) epoch << 32) ^ of)).nextLong();
  }
}
