package dev.kennel.evaluation;

import dev.kennel.image.Augmentation;
import dev.kennel.network.NativeArray;
import java.nio.FloatBuffer;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a network answers for images, before anything is made of it. */
public final class Probabilities {
  private Probabilities() {}

  /**
   * The probabilities of the classes for a batch of images.
   *
   * @param size height and width of the images
   * @param flip whether they are the mean of those for an image and for its mirror image, which
   *     takes twice the time (test-time augmentation, as of Krizhevsky et al. 2012, section 4.1,
   *     without its crops)
   * @param images pixels [3, size, size], unsigned bytes
   * @return [images, classes], one after the other
   */
  public static float[] of(ComputationGraph network, int size, boolean flip, List<byte[]> images) {
    INDArray features =
        Nd4j.createUninitialized(DataType.FLOAT, new long[] {images.size(), 3, size, size}, 'c');
    try {
      List<FloatBuffer> featuresOf = NativeArray.rows(features);
      for (int i = 0; i < images.size(); i++) {
        Augmentation.NONE.write(images.get(i), size, 0, featuresOf.get(i));
      }
      float[] probabilities = answers(network, features);
      if (flip) {
        for (int i = 0; i < images.size(); i++) {
          Augmentation.writeMirrored(images.get(i), size, featuresOf.get(i));
        }
        float[] mirrored = answers(network, features);
        for (int i = 0; i < probabilities.length; i++) {
          probabilities[i] = (probabilities[i] + mirrored[i]) / 2;
        }
      }
      return probabilities;
    } finally {
      features.close();
    }
  }

  private static float[] answers(ComputationGraph network, INDArray features) {
    return network.outputSingle(features).dup('c').data().asFloat(); // [batch, classes]
  }
}
