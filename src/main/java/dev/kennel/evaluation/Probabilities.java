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
   * @param images pixels [3, size, size], unsigned bytes
   * @return [images, classes], one after the other
   */
  public static float[] of(ComputationGraph network, int size, List<byte[]> images) {
    INDArray features =
        Nd4j.createUninitialized(DataType.FLOAT, new long[] {images.size(), 3, size, size}, 'c');
    try {
      List<FloatBuffer> featuresOf = NativeArray.rows(features);
      for (int i = 0; i < images.size(); i++) {
        Augmentation.NONE.write(images.get(i), size, 0, featuresOf.get(i));
      }
      INDArray output = network.outputSingle(features); // [batch, classes]
      return output.dup('c').data().asFloat();
    } finally {
      features.close();
    }
  }
}
