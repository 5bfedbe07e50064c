package dev.kennel.training;

import dev.kennel.dataset.PreparedImage;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import dev.kennel.image.InputResizing;
import dev.kennel.network.NativeArray;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes training batches of a worker's images, each varied anew in every epoch. The variation
 * depends on the seed, the epoch and the image alone.
 *
 * @param plan how the epoch is cut
 * @param sizes of the images, by step
 * @param classes number of classes
 * @param augmentation how images are varied
 * @param mixing how the images of a batch are mixed after that
 * @param labelSmoothing share of each label that is spread evenly over all classes (Szegedy et al.
 *     2016, arXiv 1512.00567, section 7), in [0, 1)
 * @param seed of the run
 */
public record Batches(
    BatchPlan plan,
    ImageSizes sizes,
    int classes,
    Augmentation augmentation,
    BatchMixing mixing,
    double labelSmoothing,
    long seed)
    implements Serializable {

  /**
   * The batches of one round, made as they are asked for: features [batch, 3, size, size] of the
   * step's size, labels [batch, classes], the classes' shares (one-hot where batches are not mixed
   * nor labels smoothed).
   *
   * @param images those of the round for that worker, in its order
   * @param epoch counted from 1
   * @param round counted from 0
   */
  public Iterator<MultiDataSet> round(
      Iterator<PreparedImage> images, int worker, int epoch, int round) {
    return IntStream.range(plan.firstStep(epoch, round), plan.endStep(epoch, round))
        .mapToObj(
            step ->
                resized(
                    batch(
                        take(images, plan.batchSize(step, worker)),
                        epoch,
                        Variation.batchSeed(seed, epoch, worker, step)),
                    sizes.at((epoch - 1) * plan.steps() + step)))
        .iterator();
  }

  private static List<PreparedImage> take(Iterator<PreparedImage> images, int count) {
    List<PreparedImage> taken = new ArrayList<>(count);
    while (taken.size() < count) {
      taken.add(images.next());
    }
    return taken;
  }

  /** Images are varied and mixed as they are, and then resized. */
  private MultiDataSet resized(MultiDataSet batch, int size) {
    if (size == sizes.full()) {
      return batch;
    }
    InputResizing resizing = new InputResizing(sizes.full(), size);
    List<FloatBuffer> full = NativeArray.rows(batch.getFeatures(0));
    INDArray features =
        Nd4j.createUninitialized(DataType.FLOAT, new long[] {full.size(), 3, size, size}, 'c');
    List<FloatBuffer> small = NativeArray.rows(features);
    for (int i = 0; i < full.size(); i++) {
      resizing.resize(full.get(i), small.get(i));
    }
    return new org.nd4j.linalg.dataset.MultiDataSet(features, batch.getLabels(0));
  }

  /**
   * One batch, of full size.
   *
   * @param epoch decides, with the seed and the image, how each is varied
   * @param batchSeed decides how they are mixed
   */
  public MultiDataSet batch(List<PreparedImage> images, int epoch, long batchSeed) {
    int count = images.size();
    int imageSize = sizes.full();
    INDArray features =
        Nd4j.createUninitialized(DataType.FLOAT, new long[] {count, 3, imageSize, imageSize}, 'c');
    INDArray labels = Nd4j.createUninitialized(DataType.FLOAT, new long[] {count, classes}, 'c');
    List<FloatBuffer> featuresOf = NativeArray.rows(features);
    List<FloatBuffer> labelsOf = NativeArray.rows(labels);
    for (int i = 0; i < count; i++) {
      PreparedImage image = images.get(i);
      long imageSeed = Variation.seed(seed, epoch, image.id());
      augmentation.write(image.pixels(), imageSize, imageSeed, featuresOf.get(i));
      labelsOf.get(i).put(0, smoothed(image.label()));
    }
    mixing.mix(featuresOf, labelsOf, imageSize, batchSeed);
    return new org.nd4j.linalg.dataset.MultiDataSet(features, labels);
  }

  /**
   * A label's share in each class. Written here, and not by ND4J: its threads, of which each thread
   * that asks it has some of its own, would be more than there are cores, and OpenMP then lets
   * those of the training sleep at every step that they wait for each other.
   */
  private float[] smoothed(int label) {
    float[] shares = new float[classes];
    Arrays.fill(shares, (float) (labelSmoothing / classes));
    shares[label] = (float) (1 - labelSmoothing + labelSmoothing / classes);
    return shares;
  }
}
