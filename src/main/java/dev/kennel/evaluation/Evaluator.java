package dev.kennel.evaluation;

import dev.kennel.averaging.PlacedRdd;
import dev.kennel.averaging.Replicated;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.network.Answer;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.LeanGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Lets a network answer for every image of a split, on the executors.
 *
 * @param imageSize in pixels
 * @param classes number of classes
 * @param flip whether it is asked for each image's mirror image too, {@link Probabilities#of}
 * @param threads threads of one task's arithmetic
 */
public record Evaluator(int imageSize, int classes, boolean flip, int threads)
    implements java.io.Serializable {
  private static final int BATCH = 64;

  /**
   * Tests a network on every image.
   *
   * @param split that they are of
   * @param images in one partition for each task that there is to be
   * @param expected their number
   * @throws IllegalStateException if there is not exactly one prediction for each
   */
  public TestedEpoch test(
      Replicated network, String split, JavaRDD<PreparedImage> images, int expected) {
    long start = System.nanoTime();
    List<Prediction> predictions =
        PlacedRdd.spread(images.rdd(), images.classTag())
            .toJavaRDD()
            .mapPartitions(part -> predict(part, network))
            .collect()
            .stream()
            .sorted(Comparator.comparingInt(Prediction::id))
            .toList();
    long distinct = predictions.stream().mapToInt(Prediction::id).distinct().count();
    if (predictions.size() != expected || distinct != expected) {
      throw new IllegalStateException(
          "There are "
              + predictions.size()
              + " predictions of "
              + distinct
              + " images instead of one for each of "
              + expected);
    }
    return new TestedEpoch(split, predictions, (System.nanoTime() - start) / 1e9);
  }

  private Iterator<Prediction> predict(Iterator<PreparedImage> images, Replicated replicated) {
    Arithmetic.useThreads(threads);
    ComputationGraph network = replicated.answering();
    List<Prediction> predictions = new ArrayList<>();
    List<PreparedImage> batch = new ArrayList<>(BATCH);
    while (images.hasNext()) {
      batch.add(images.next());
      if (batch.size() == BATCH || !images.hasNext()) {
        predictions.addAll(predict(network, batch));
        batch.clear();
      }
    }
    if (network instanceof LeanGraph own) {
      own.freeStepMemory();
    }
    return predictions.iterator();
  }

  private List<Prediction> predict(ComputationGraph network, List<PreparedImage> images) {
    float[] probabilities =
        Probabilities.of(
            network, imageSize, flip, images.stream().map(PreparedImage::pixels).toList());
    List<Prediction> predictions = new ArrayList<>(images.size());
    for (int i = 0; i < images.size(); i++) {
      PreparedImage image = images.get(i);
      Answer answer = Answer.of(probabilities, i * classes, classes, image.label());
      predictions.add(new Prediction(image.id(), answer));
    }
    return predictions;
  }
}
