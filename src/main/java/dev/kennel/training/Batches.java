package dev.kennel.training;

import dev.kennel.dataset.PreparedImage;
import dev.kennel.dataset.Shard;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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
 * @param mixing how the images of a batch are mixed after that
 * @param seed of the run
 */
record Batches(
    BatchPlan plan,
    int sizeIndex,
    int imageSize,
    int classes,
    Augmentation augmentation,
    BatchMixing mixing,
    long seed)
    implements Serializable {

  /**
   * The batches of one round, made as they are asked for: features [batch, 3, size, size], labels
   * [batch, classes], the classes' shares (one-hot where batches are not mixed).
   *
   * @param epoch counted from 1
   * @param round counted from 0
   */
  Iterator<MultiDataSet> round(Shard shard, int worker, int epoch, int round) {
    List<PreparedImage> order = new ArrayList<>(shard.images());
    Collections.shuffle(order, new Random(Variation.seed(seed, epoch, -1 - worker)));
    return IntStream.range(plan.firstStep(round), plan.endStep(round))
        .mapToObj(
            step ->
                batch(
                    order.subList(
                        plan.batchBegin(step, order.size()),
                        plan.batchBegin(step + 1, order.size())),
                    epoch,
                    Variation.batchSeed(seed, epoch, worker, step)))
        .iterator();
  }

  private MultiDataSet batch(List<PreparedImage> images, int epoch, long batchSeed) {
    int imageLength = 3 * imageSize * imageSize;
    float[] features = new float[images.size() * imageLength];
    float[] labels = new float[images.size() * classes];
    for (int i = 0; i < images.size(); i++) {
      PreparedImage image = images.get(i);
      long imageSeed = Variation.seed(seed, epoch, image.id());
      augmentation.write(
          image.pixels()[sizeIndex], imageSize, imageSeed, features, i * imageLength);
      labels[i * classes + image.label()] = 1;
    }
    mixing.mix(features, labels, images.size(), imageSize, batchSeed);
    return new org.nd4j.linalg.dataset.MultiDataSet(
        Nd4j.create(features, new long[] {images.size(), 3, imageSize, imageSize}, 'c'),
        Nd4j.create(labels, new long[] {images.size(), classes}, 'c'));
  }
}
