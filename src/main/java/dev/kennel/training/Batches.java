package dev.kennel.training;

import dev.kennel.dataset.PreparedImage;
import dev.kennel.dataset.Shard;
import dev.kennel.image.Augmentation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes training batches of a shard: each epoch in another order, each image varied anew. Order and
 * variation depend on the seed, the epoch, and the worker or the image alone.
 *
 * @param plan how the epoch is cut
 * @param sizeIndex which of the prepared sizes
 * @param imageSize that size, in pixels
 * @param classes number of classes
 * @param augmentation how images are varied
 * @param seed of the run
 */
record Batches(
    BatchPlan plan, int sizeIndex, int imageSize, int classes, Augmentation augmentation, long seed)
    implements Serializable {

  /**
   * The batches of one round, made as they are asked for: features [batch, 3, size, size], labels
   * [batch, classes] (one-hot).
   *
   * @param epoch counted from 1
   * @param round counted from 0
   */
  Iterator<MultiDataSet> round(Shard shard, int worker, int epoch, int round) {
    List<PreparedImage> order = new ArrayList<>(shard.images());
    Collections.shuffle(order, new Random(mix(epoch, -1 - worker)));
    return IntStream.range(plan.firstStep(round), plan.endStep(round))
        .mapToObj(
            step ->
                batch(
                    order.subList(
                        plan.batchBegin(step, order.size()),
                        plan.batchBegin(step + 1, order.size())),
                    epoch))
        .iterator();
  }

  private MultiDataSet batch(List<PreparedImage> images, int epoch) {
    int imageLength = 3 * imageSize * imageSize;
    float[] features = new float[images.size() * imageLength];
    INDArray labels = Nd4j.zeros(images.size(), classes);
    for (int i = 0; i < images.size(); i++) {
      PreparedImage image = images.get(i);
      long imageSeed = mix(epoch, image.id());
      augmentation.write(
          image.pixels()[sizeIndex], imageSize, imageSeed, features, i * imageLength);
      labels.putScalar(i, image.label(), 1);
    }
    INDArray array =
        Nd4j.create(features, new long[] {images.size(), 3, imageSize, imageSize}, 'c');
    return new org.nd4j.linalg.dataset.MultiDataSet(array, labels);
  }

  /** A seed for one epoch of one image (its id) or worker (below 0). */
  private long mix(int epoch, int of) {
    return new SplittableRandom(seed + (((long) epoch << 32) ^ of)).nextLong();
  }
}
