package dev.kennel.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.averaging.Fitting;
import dev.kennel.averaging.NetworkSource;
import dev.kennel.averaging.Replicated;
import dev.kennel.averaging.SlicedAveraging;
import dev.kennel.averaging.Work;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.image.Augmentation;
import dev.kennel.network.Answer;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.onednn.LeanGraph;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EvaluatorTest {
  private static final int SIZE = 32;
  private static final Fitting NOTHING = (network, batches, worker) -> new Work(0, 0);

  private final JavaSparkContext spark =
      JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  private final Evaluator evaluator = new Evaluator(SIZE, 3, false, 1);

  @Test
  void everyImageIsPredictedOnceInTheOrderOfTheListing() {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 140); // 70 each: a batch, and six
    TestedEpoch tested = test(images, 2, 140);
    assertThat(tested.split()).isEqualTo("test");
    assertThat(tested.predictions()).extracting(Prediction::id).isSorted().hasSize(140);
    assertThat(tested.answers()).extracting(Answer::label).startsWith(0, 1, 2, 0);
  }

  @Test
  void thePredictionIsWhatTheNetworkAnswersAlone() {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 4);
    ComputationGraph network = network();
    PreparedImage image = images.get(2);
    float[] pixels = new float[3 * SIZE * SIZE];
    Augmentation.NONE.write(image.pixels(), SIZE, 0, FloatBuffer.wrap(pixels));
    INDArray alone = network.outputSingle(Nd4j.create(pixels, new long[] {1, 3, SIZE, SIZE}, 'c'));
    Prediction predicted = test(images, 1, 4).predictions().get(2);
    assertThat(predicted.answer().probability())
        .isCloseTo(alone.maxNumber().doubleValue(), within(1e-5));
    assertThat(predicted.answer().loss())
        .isCloseTo(-Math.log(alone.getDouble(0, image.label())), within(1e-4));
  }

  @Test
  void withTheFlipThePredictionIsTheMeanOfTheAnswersForAnImageAndItsMirrorImage() {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 4);
    images.forEach(image -> blackenLeftHalf(image.pixels()));
    List<PreparedImage> mirrored = images.stream().map(EvaluatorTest::mirrored).toList();
    List<Prediction> own = test(images, 1, 4).predictions();
    List<Prediction> ofMirrored = test(mirrored, 1, 4).predictions();
    List<Prediction> both =
        new Evaluator(SIZE, 3, true, 1)
            .test(averaged(), "test", spark.parallelize(images, 1), 4)
            .predictions();
    for (int i = 0; i < 4; i++) {
      double probability = Math.exp(-own.get(i).answer().loss()); // of the image's label
      double other = Math.exp(-ofMirrored.get(i).answer().loss());
      assertThat(Math.abs(probability - other)).isGreaterThan(1e-5);
      assertThat(Math.exp(-both.get(i).answer().loss()))
          .isCloseTo((probability + other) / 2, within(1e-6));
    }
  }

  private static void blackenLeftHalf(byte[] pixels) {
    for (int row = 0; row < pixels.length; row += SIZE) {
      Arrays.fill(pixels, row, row + SIZE / 2, (byte) 0);
    }
  }

  private static PreparedImage mirrored(PreparedImage image) {
    byte[] pixels = image.pixels().clone();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = image.pixels()[i - i % SIZE + SIZE - 1 - i % SIZE];
    }
    return new PreparedImage(image.id(), image.index(), image.label(), pixels);
  }

  @Test
  void aPredictionTooFewIsAnError() {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 4);
    assertThatThrownBy(() -> test(images, 1, 5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("4 predictions");
  }

  @Test
  void anImagePredictedTwiceIsAnError() {
    List<PreparedImage> twice = new ArrayList<>(ColouredImages.images(3, SIZE, 4));
    twice.addAll(ColouredImages.images(3, SIZE, 4));
    assertThatThrownBy(() -> test(twice, 2, 8))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("of 4 images");
  }

  @Test
  void theMemoryOfANetworkThatAnsweredIsFreedAtOnce() {
    Answering.GRAPHS.clear();
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 4);
    Replicated averaged =
        new SlicedAveraging(spark, "answering", new Answering(), NOTHING).network();
    evaluator.test(averaged, "test", spark.parallelize(images, 2), 4);
    assertThat(Answering.GRAPHS)
        .hasSize(2) // one for each task
        .allSatisfy(
            graph -> {
              assertThat(graph.stepMemoryBytes()).isZero();
              graph.outputSingle(Nd4j.zeros(2, 3, SIZE, SIZE));
              assertThat(graph.stepMemoryBytes()).isPositive();
            });
  }

  private TestedEpoch test(List<PreparedImage> images, int partitions, int expected) {
    return evaluator.test(averaged(), "test", spark.parallelize(images, partitions), expected);
  }

  /** The network as the executors have it before the first round. */
  private Replicated averaged() {
    return new SlicedAveraging(spark, "evaluated", new Source(), NOTHING).network();
  }

  /** Answers with networks that it keeps, to look at. */
  private static final class Answering extends Source {
    static final List<LeanGraph> GRAPHS = new CopyOnWriteArrayList<>();

    @Override
    public ComputationGraph answering(ComputationGraph network, INDArray parameters) {
      LeanGraph answering = new LeanGraph(network.getConfiguration().clone());
      answering.init(parameters, false);
      GRAPHS.add(answering);
      return answering;
    }
  }

  private static class Source implements NetworkSource {
    @Override
    public ComputationGraph build() {
      return EvaluatorTest.network();
    }

    @Override
    public void initialize(ComputationGraph network) {
      Initialization.initialize(network, 1);
    }
  }

  private static ComputationGraph network() {
    ComputationGraph network =
        new ComputationGraph(Network.CUSTOMCNN.configure(3, SIZE, Optimization.NONE));
    network.init();
    Initialization.initialize(network, 1);
    return network;
  }
}
