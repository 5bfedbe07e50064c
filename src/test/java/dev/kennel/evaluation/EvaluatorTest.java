package dev.kennel.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.averaging.NetworkSource;
import dev.kennel.averaging.Replicated;
import dev.kennel.averaging.SlicedAveraging;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.dataset.Shard;
import dev.kennel.image.Augmentation;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EvaluatorTest {
  private static final int SIZE = 32;

  private final JavaSparkContext spark =
      JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  private final Evaluator evaluator = new Evaluator(0, SIZE, 3, 1);

  @Test
  void everyImageIsPredictedOnceInTheOrderOfTheListing() {
    List<Shard> shards = ColouredImages.shards(3, SIZE, 70, 5, 60); // more than a batch, and less
    TestedEpoch tested = evaluator.test(averaged(), spark.parallelize(shards, 3), 135);
    assertThat(tested.predictions()).extracting(Prediction::id).isSorted().hasSize(135);
    assertThat(tested.predictions().get(7).path()).isEqualTo("image-7");
  }

  @Test
  void thePredictionIsWhatTheNetworkAnswersAlone() {
    List<Shard> shards = ColouredImages.shards(3, SIZE, 4);
    ComputationGraph network = network();
    PreparedImage image = shards.get(0).images().get(2);
    float[] pixels = new float[3 * SIZE * SIZE];
    Augmentation.NONE.write(image.pixels()[0], SIZE, 0, pixels, 0);
    INDArray alone = network.outputSingle(Nd4j.create(pixels, new long[] {1, 3, SIZE, SIZE}, 'c'));
    Prediction predicted =
        evaluator.test(averaged(), spark.parallelize(shards, 1), 4).predictions().get(2);
    assertThat(predicted.answer().probability())
        .isCloseTo(alone.maxNumber().doubleValue(), within(1e-5));
    assertThat(predicted.answer().loss())
        .isCloseTo(-Math.log(alone.getDouble(0, image.label())), within(1e-4));
  }

  @Test
  void aPredictionTooFewIsAnError() {
    List<Shard> shards = ColouredImages.shards(3, SIZE, 4);
    assertThatThrownBy(() -> evaluator.test(averaged(), spark.parallelize(shards, 1), 5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("4 predictions");
  }

  @Test
  void anImagePredictedTwiceIsAnError() {
    Shard shard = ColouredImages.shards(3, SIZE, 4).get(0);
    assertThatThrownBy(
            () -> evaluator.test(averaged(), spark.parallelize(List.of(shard, shard), 2), 8))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("of 4 images");
  }

  /** The network as the executors have it before the first round. */
  private Replicated averaged() {
    return new SlicedAveraging(spark, "evaluated", new Source(), (network, batches, worker) -> 0)
        .network();
  }

  private record Source() implements NetworkSource {
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
