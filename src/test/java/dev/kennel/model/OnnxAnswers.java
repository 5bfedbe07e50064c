package dev.kennel.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An exported network, computed by ONNX Runtime. */
public final class OnnxAnswers implements AutoCloseable {
  private final OrtSession session;

  /** Opens a file. */
  public OnnxAnswers(Path file) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
  }

  /** Texts that the file holds beside the network. */
  Map<String, String> texts() throws OrtException {
    return session.getMetadata().getCustomMetadata();
  }

  /** One of the outputs, [batch, classes]. */
  float[][] output(String name, INDArray images) throws OrtException {
    FloatBuffer pixels = FloatBuffer.wrap(images.dup('c').data().asFloat());
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), pixels, images.shape());
        OrtSession.Result result = session.run(Map.of("image", tensor), Set.of(name))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  /** That the probabilities of random images are the network's own, one by one and together. */
  public void areThoseOf(ComputationGraph network, int size) throws OrtException {
    for (int batch : new int[] {1, 5}) {
      INDArray images = images(batch, size);
      float[][] expected = network.outputSingle(images).toFloatMatrix();
      float[][] answered = output("probabilities", images);
      assertThat(answered).hasDimensions(batch, expected[0].length);
      for (int i = 0; i < batch; i++) {
        assertThat(farthest(answered[i], expected[i])).isLessThan(1e-4);
        assertThat(bestFive(answered[i])).isEqualTo(bestFive(expected[i]));
      }
    }
  }

  private static INDArray images(int batch, int size) {
    SplittableRandom random = new SplittableRandom(batch);
    float[] pixels = new float[batch * 3 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble(-2, 2);
    }
    return Nd4j.create(pixels, new long[] {batch, 3, size, size}, 'c');
  }

  private static double farthest(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElseThrow();
  }

  private static List<Integer> bestFive(float[] probabilities) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparing((Integer label) -> -probabilities[label]))
        .limit(5)
        .toList();
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
