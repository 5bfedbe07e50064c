package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.dataset.Shard;
import dev.kennel.image.Augmentation;
import dev.kennel.network.Answer;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.LeanGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

class TrainerTest {
  private static final int SIZE = 32;
  private static final NetworkSettings OWN = new NetworkSettings(SIZE, 0.05);

  private final JavaSparkContext spark =
      JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());

  @Test
  void everyTrainingImageIsAnsweredForOnceInAnEpoch() {
    List<Shard> shards = ColouredImages.shards(3, SIZE, 25, 26);
    Trainer trainer = trainer("once", shards, settings(8, 2, 3));
    List<Answer> told = new ArrayList<>();
    TrainedEpoch epoch = trainer.train(1, told::addAll);
    assertThat(epoch.answers()).hasSize(51);
    assertThat(told).isEqualTo(epoch.answers());
    for (int label = 0; label < 3; label++) {
      int of = label;
      assertThat(epoch.answers()).filteredOn(answer -> answer.label() == of).hasSize(17);
    }
  }

  @Test
  void aRoundOfTwoWorkersEndsInTheMeanWeightedByTheirExamples() {
    // One round: workers of 20 and 21 images, two steps each.
    List<Shard> shards = ColouredImages.shards(3, SIZE, 20, 21);
    Settings settings = settings(11, 2, 1);
    Trainer trainer = trainer("mean", shards, settings);
    trainer.train(1, round -> {});

    INDArray first = trainedAlone(settings, shards.get(0), 0, 2, 41).params();
    INDArray second = trainedAlone(settings, shards.get(1), 1, 2, 41).params();
    INDArray mean = first.mul(20 / 41.0).add(second.mul(21 / 41.0));
    assertThat(
            trainer.network().network().params().distance2(mean) / mean.norm2Number().doubleValue())
        .isLessThan(1e-6);
    assertThat(first.distance2(second)).isGreaterThan(0.01);
  }

  @Test
  void oneWorkerWithAveragingAfterEveryStepTrainsAsTheGraphAlone() {
    List<Shard> shards = ColouredImages.shards(3, SIZE, 30);
    Settings settings = settings(10, 1, 1);
    Trainer trainer = trainer("alone", shards, settings);
    trainer.train(1, round -> {}); // three rounds: momentum goes from one to the next
    INDArray alone = trainedAlone(settings, shards.get(0), 0, 1, 30).params();
    assertThat(trainer.network().network().params()).isEqualTo(alone);
    assertThat(trainer.network().network().params().distance2(alone)).isZero(); // bit for bit
  }

  @Test
  void itLearnsToTellColoursApartAndLeavesNothingCachedBehind() {
    List<Shard> shards = ColouredImages.shards(3, SIZE, 30, 30);
    Trainer trainer = trainer("learns", shards, settings(10, 2, 6));
    Map<Integer, ?> before = spark.getPersistentRDDs();
    double accuracy = 0;
    for (int epoch = 1; epoch <= 6; epoch++) {
      List<Answer> answers = trainer.train(epoch, round -> {}).answers();
      accuracy = answers.stream().filter(Answer::isRight).count() / (double) answers.size();
    }
    assertThat(accuracy).isGreaterThan(0.9);
    assertThat(spark.getPersistentRDDs().keySet()).isEqualTo(before.keySet());
  }

  @Test
  void theLearningRateOfAnEpochIsThatOfItsLastStep() {
    List<Shard> shards = ColouredImages.shards(3, SIZE, 20);
    Trainer trainer = trainer("rate", shards, settings(10, 4, 1));
    // one epoch of one-cycle ends at the peak's 250,000th
    assertThat(trainer.train(1, round -> {}).learningRate())
        .isCloseTo(0.05 / 250_000, within(1e-12));
  }

  private Trainer trainer(String name, List<Shard> shards, Settings settings) {
    int images = shards.stream().mapToInt(shard -> shard.images().size()).sum();
    JavaRDD<Shard> data = spark.parallelize(shards, shards.size());
    Cluster cluster = new Cluster(1, shards.size(), 1, 1L << 33, true);
    return new Trainer(
        spark, "test-" + name, Network.CUSTOMCNN, 3, settings, OWN, cluster, data, images, 0);
  }

  private static Settings settings(int batchSize, int averagingFrequency, int epochs) {
    return SettingsLoader.load(
        Optional.of("samples"),
        Map.of(
            "batch-size", batchSize, "averaging-frequency", averagingFrequency, "epochs", epochs),
        List.of());
  }

  /**
   * What one worker reaches with {@code ComputationGraph.fit} on the batches of the first epoch.
   */
  private static ComputationGraph trainedAlone(
      Settings settings, Shard shard, int worker, int workers, int images) {
    Arithmetic.useThreads(1);
    BatchPlan plan =
        BatchPlan.of(images, workers, settings.batchSize(), settings.averagingFrequency());
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings.schedule(), 0.05, settings.epochs(), plan.steps());
    ComputationGraph graph =
        new LeanGraph(
            Network.CUSTOMCNN.configure(
                3,
                SIZE,
                new Optimization(
                    new Nesterovs(schedule, settings.momentum()), settings.weightDecay())));
    graph.init();
    Initialization.initialize(graph, settings.seed());
    Augmentation augmentation = new Augmentation(SIZE / 10, true);
    Batches batches = new Batches(plan, 0, SIZE, 3, augmentation, settings.seed());
    for (int round = 0; round < plan.rounds(); round++) {
      List<MultiDataSet> data = new ArrayList<>();
      batches.round(shard, worker, 1, round).forEachRemaining(data::add);
      data.forEach(graph::fit);
    }
    return graph;
  }
}
