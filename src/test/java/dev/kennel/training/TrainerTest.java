package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import dev.kennel.network.Answer;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.network.StateDict;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.weights.NewTensor;
import dev.kennel.weights.WeightFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

class TrainerTest {
  private static final Optional<String> SAMPLES = Optional.of("samples");
  private static final int SIZE = 32;
  private static final NetworkSettings OWN = new NetworkSettings(SIZE, 0.05);

  private static final AtomicInteger TRAININGS = new AtomicInteger();

  @TempDir private Path folder;

  private final JavaSparkContext spark =
      JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());

  @Test
  void everyTrainingImageIsAnsweredForOnceInAnEpoch() throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 51);
    Trainer trainer = trainer("once", images, 2, settings(8, 2, 3));
    List<Answer> told = new ArrayList<>();
    TrainedEpoch epoch = trainer.train(Position.START, told::addAll);
    assertThat(epoch.answers()).hasSize(51);
    assertThat(told).isEqualTo(epoch.answers());
    for (int label = 0; label < 3; label++) {
      int of = label;
      assertThat(epoch.answers()).filteredOn(answer -> answer.label() == of).hasSize(17);
    }
  }

  @Test
  void aRoundOfTwoWorkersEndsInTheMeanWeightedByTheirExamples() throws IOException {
    // One round: workers of 20 and 21 images, two steps each.
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 41);
    Settings settings = settings(11, 2, 1);
    Trainer trainer = trainer("mean", images, 2, settings);
    trainer.train(Position.START, round -> {});

    INDArray first = trainedAlone(settings, images, 0, 2).params();
    INDArray second = trainedAlone(settings, images, 1, 2).params();
    INDArray mean = first.mul(20 / 41.0).add(second.mul(21 / 41.0));
    assertThat(
            trainer.network().network().params().distance2(mean) / mean.norm2Number().doubleValue())
        .isLessThan(1e-6);
    assertThat(first.distance2(second)).isGreaterThan(0.01);
  }

  @Test
  void workersAreAveragedMoreOftenInTheWarmUpIfToldTo() throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 64); // four steps of 8 each
    List<String> halfWarmUp = List.of("schedule.warm-up=0.5");
    Map<String, Object> often = Map.of("batch-size", 8, "epochs", 2, "averaging-frequency", 1);
    Map<String, Object> early =
        Map.of(
            "batch-size",
            8,
            "epochs",
            2,
            "averaging-frequency",
            4,
            "warm-up-averaging-frequency",
            1);
    Trainer expected = // whose first epoch is all warm-up
        trainer("often", images, 2, SettingsLoader.load(SAMPLES, often, halfWarmUp));
    expected.train(Position.START, round -> {});

    Trainer trainer = trainer("early", images, 2, SettingsLoader.load(SAMPLES, early, halfWarmUp));
    trainer.train(Position.START, round -> {});
    assertThat(trainer.rounds()).hasSize(4);
    assertThat(parameters(trainer)).isEqualTo(parameters(expected)); // bit for bit
    trainer.train(Position.beginOf(2), round -> {});
    assertThat(trainer.rounds()).hasSize(1);

    Trainer alone =
        trainer("alone-early", images, 1, SettingsLoader.load(SAMPLES, early, halfWarmUp));
    alone.train(Position.START, round -> {});
    assertThat(alone.rounds()).as("eight steps of one worker").hasSize(2);
  }

  @Test
  void smallerImagesTrainAsImagesOfThatSize() throws IOException {
    Settings plain = resized("1");
    float[] expected = trained("small", plain, 16, 16);

    // All steps have images of half the side: of one colour, they are the small ones.
    float[] parameters = trained("resized", resized("0.5"), 32, 32);
    assertThat(distance(parameters, expected)).isLessThan(1e-3);
    assertThat(distance(trained("full", plain, 32, 32), expected)).isGreaterThan(0.01);
  }

  @Test
  void oneWorkerWithAveragingAfterEveryStepTrainsAsTheGraphAlone() throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 30);
    Settings settings = settings(10, 1, 1);
    Trainer trainer = trainer("alone", images, 1, settings);
    trainer.train(Position.START, round -> {}); // three rounds: momentum goes from one to the next
    INDArray alone = trainedAlone(settings, images, 0, 1).params();
    assertThat(trainer.network().network().params()).isEqualTo(alone);
    assertThat(trainer.network().network().params().distance2(alone)).isZero(); // bit for bit
  }

  @Test
  void deeplearning4jsOwnAveragingTrainsAndGoesOnFromCheckpointsToo() throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 48); // three steps of 8 each
    Settings sliced = settings(8, 3, 2);
    Settings stock =
        SettingsLoader.load(
            SAMPLES,
            Map.of("batch-size", 8, "averaging-frequency", 3, "epochs", 2, "averaging", "stock"),
            List.of());
    Trainer ours = trainer("ours", images, 2, sliced);
    ours.train(Position.START, answers -> {});
    ours.train(Position.beginOf(2), answers -> {});

    Trainer theirs = trainer("theirs", images, 2, stock);
    assertThat(theirs.train(theirs.restore(), answers -> {}).answers()).hasSize(48);
    assertThat(theirs.rounds())
        .singleElement()
        .satisfies(r -> assertThat(r.examples()).isEqualTo(48));
    theirs.ended(1);
    theirs.close();
    Trainer resumed = trainer("theirs", images, 2, stock);
    Position position = resumed.restore();
    assertThat(position.epoch()).isEqualTo(2);
    resumed.train(position, answers -> {});
    INDArray expected = ours.network().network().params();
    assertThat(
            resumed.network().network().params().distance2(expected)
                / expected.norm2Number().doubleValue())
        .isLessThan(1e-4); // rounds apart: another order of sums, six steps long
  }

  /**
   * 50 images for 3 workers: their weights are no powers of 2, so that a plain mean would round.
   */
  @ParameterizedTest
  @ValueSource(strings = {"slices", "stock"})
  void frozenPartsKeepTheValuesOfTheFileBitForBitWhileOthersAreTrained(String averaging)
      throws IOException {
    ComputationGraph other =
        new ComputationGraph(Network.CUSTOMCNN.configure(5, SIZE, Optimization.NONE));
    other.init();
    Initialization.initialize(other, 9);
    other.getParam("stage2-bn_mean").assign(0.3);
    other.getParam("stage2-bn_var").assign(0.7);
    Path file = folder.resolve("five-classes.pth");
    try (OutputStream out = Files.newOutputStream(file)) {
      List<NewTensor> tensors = StateDict.of(Network.CUSTOMCNN, other).tensors();
      WeightFormat.PTH.write(tensors, Map.of(), out);
    }
    Settings settings =
        SettingsLoader.load(
            SAMPLES,
            Map.of("batch-size", 6, "averaging-frequency", 2, "averaging", averaging),
            List.of());
    List<String> frozen = List.of("stage1", "stage2", "stage4");
    NetworkSettings own =
        new NetworkSettings(SIZE, 0.05, Optional.of("file"), frozen, OptionalDouble.of(0.2));
    Trainer trainer =
        trainer(
            Network.CUSTOMCNN,
            "frozen-" + averaging,
            ColouredImages.images(3, SIZE, 50),
            3,
            settings,
            own,
            Optional.of(
                new TrainedWeights(
                    file.toString(), new SerializableConfiguration(spark.hadoopConfiguration()))));
    trainer.restore();
    ComputationGraph start = trainer.network().network().clone();
    other
        .paramTable()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("probabilities")) {
                assertThat(floats(start, name)).as(name).isEqualTo(floats(other, name));
              }
            });
    ComputationGraph seeded =
        new ComputationGraph(Network.CUSTOMCNN.configure(3, SIZE, Optimization.NONE));
    seeded.init();
    Initialization.initialize(seeded, settings.seed());
    assertThat(floats(start, "probabilities_W")).isEqualTo(floats(seeded, "probabilities_W"));

    trainer.train(Position.START, answers -> {});
    ComputationGraph trained = trainer.network().network();
    for (String name : start.paramTable().keySet()) {
      if (frozen.contains(name.replaceFirst("-.*", ""))) {
        assertThat(floats(trained, name)).as(name).isEqualTo(floats(start, name));
      } else if (name.endsWith("W")) { // of some biases batch normalization leaves nothing
        assertThat(floats(trained, name)).as(name).isNotEqualTo(floats(start, name));
      }
    }
    trainer.close();
  }

  private static float[] floats(ComputationGraph graph, String parameter) {
    return graph.getParam(parameter).dup().data().asFloat();
  }

  @Test
  void itLearnsToTellColoursApartAndLeavesNothingCachedBehind() throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 60);
    Trainer trainer = trainer("learns", images, 2, settings(10, 2, 6));
    Map<Integer, ?> before = spark.getPersistentRDDs();
    double accuracy = 0;
    for (int epoch = 1; epoch <= 6; epoch++) {
      List<Answer> answers = trainer.train(Position.beginOf(epoch), round -> {}).answers();
      accuracy = answers.stream().filter(Answer::isRight).count() / (double) answers.size();
    }
    assertThat(accuracy).isGreaterThan(0.9);
    assertThat(spark.getPersistentRDDs().keySet()).isEqualTo(before.keySet());
  }

  @ParameterizedTest
  @CsvSource({"1 epoch, 0", "1 round, 3"})
  void aTrainingThatGoesOnFromACheckpointEndsAsOneThatWasNotDisturbed(String every, int round)
      throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 51);
    Settings settings = // 4 rounds an epoch
        SettingsLoader.load(
            SAMPLES,
            Map.of("batch-size", 8, "epochs", 2, "checkpoint-every", every),
            List.of("averaging-frequency=1", "model-ema=true", "model-ema-steps=1"));
    Trainer undisturbed = trainer("undisturbed-" + round, images, 2, settings);
    undisturbed.train(Position.START, answers -> {});
    TrainedEpoch expected = undisturbed.train(Position.beginOf(2), answers -> {});

    AtomicInteger rounds = new AtomicInteger();
    Progress stopping =
        answers -> {
          if (rounds.incrementAndGet() == 8) {
            throw new IllegalStateException("stopped");
          }
        };
    Trainer stopped = trainer("stopped-" + round, images, 2, settings);
    stopped.train(stopped.restore(), stopping);
    Position second = stopped.ended(1);
    assertThatThrownBy(() -> stopped.train(second, stopping)).hasMessage("stopped");
    stopped.close();

    Trainer resumed = trainer("stopped-" + round, images, 2, settings);
    Position position = resumed.restore();
    assertThat(position.epoch()).isEqualTo(2);
    assertThat(position.round()).isEqualTo(round);
    TrainedEpoch epoch = resumed.train(position, answers -> {});
    assertThat(epoch.answers())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(expected.answers());
    assertThat(resumed.rounds()).hasSize(4);
    assertThat(parameters(resumed)).isEqualTo(parameters(undisturbed)); // bit for bit
    assertThat(momentum(resumed)).isEqualTo(momentum(undisturbed));
    assertThat(model(resumed)).isEqualTo(model(undisturbed));
    assertThat(model(resumed)).isNotEqualTo(parameters(resumed));
  }

  @Test
  void theModelIsTheMovingAverageOfTheMeanOfTheWorkers() throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 33); // one round an epoch
    Settings settings =
        SettingsLoader.load(
            SAMPLES,
            Map.of("batch-size", 11, "averaging-frequency", 1, "epochs", 4),
            List.of(
                "model-ema=true", "model-ema-steps=8", "model-ema-decay=0.25")); // once an epoch
    Trainer trainer = trainer("moving", images, 3, settings);
    trainer.restore();
    float[] expected = parameters(trainer);
    double[] decays = {1 / 10.0, 2 / 11.0, 3 / 12.0, 0.25};
    for (int epoch = 1; epoch <= 4; epoch++) {
      trainer.train(Position.beginOf(epoch), answers -> {});
      float[] mean = parameters(trainer);
      for (int i = 0; i < mean.length; i++) {
        expected[i] += (float) (1 - decays[epoch - 1]) * (mean[i] - expected[i]);
      }
    }
    float[] model = model(trainer);
    double apart = 0; // of what AssertJ would compare one by one, for minutes
    for (int i = 0; i < expected.length; i++) {
      apart = Math.max(apart, Math.abs(model[i] - expected[i]) / (1 + Math.abs(expected[i])));
    }
    assertThat(apart).isLessThan(2e-6);
  }

  /** AdamW's bias correction counts the steps of a worker, and so does its schedule. */
  @ParameterizedTest
  @CsvSource({"adamw, slices, 1", "adamw, stock, 0", "lars, slices, 0.5", "sgd, slices, 0.5"})
  void theStateOfEachOptimizerGoesThroughAveragingAndCheckpoints(
      String optimizer, String averaging, double clip) throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 40); // two steps of 10 each
    Settings settings =
        SettingsLoader.load(
            SAMPLES,
            Map.ofEntries(
                Map.entry("batch-size", 10),
                Map.entry("averaging-frequency", 1),
                Map.entry("epochs", 2),
                Map.entry("averaging", averaging),
                Map.entry("optimizer", optimizer),
                Map.entry("bias-weight-decay", 0.01),
                Map.entry("norm-weight-decay", 0.01),
                Map.entry("clip-grad-norm", clip)),
            List.of());
    String name = optimizer + "-" + averaging;
    Trainer undisturbed = trainer("whole-" + name, images, 2, settings);
    undisturbed.train(Position.START, answers -> {});
    undisturbed.train(Position.beginOf(2), answers -> {});
    float[] expected = parameters(undisturbed);
    float[] state = momentum(undisturbed);
    undisturbed.close();

    Trainer stopped = trainer(name, images, 2, settings);
    stopped.train(stopped.restore(), answers -> {});
    stopped.ended(1);
    stopped.close();
    Trainer resumed = trainer(name, images, 2, settings);
    Position position = resumed.restore();
    assertThat(position.epoch()).isEqualTo(2);
    resumed.train(position, answers -> {});
    assertThat(parameters(resumed)).isEqualTo(expected); // bit for bit
    assertThat(momentum(resumed)).isEqualTo(state);
    // running statistics have none
    int trained = expected.length - 2 * (32 + 64 + 128 + 256 + 512);
    assertThat(state).hasSize(optimizer.equals("adamw") ? 2 * trained : trained);
    resumed.close();
  }

  /** One round, of one step of 10 each: the means of what either reaches alone. */
  @Test
  void adamWsMeansAreAveragedOverWorkers() throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 20);
    Settings settings =
        SettingsLoader.load(
            SAMPLES, Map.of("batch-size", 10, "epochs", 1, "optimizer", "adamw"), List.of());
    Trainer trainer = trainer("adamw-mean", images, 2, settings);
    trainer.train(Position.START, round -> {});
    ComputationGraph first = trainedAlone(settings, images, 0, 2);
    ComputationGraph second = trainedAlone(settings, images, 1, 2);
    assertMean(trainer.network().network().params(), first.params(), second.params());
    assertMean(
        trainer.network().network().getUpdater(true).getStateViewArray(),
        first.getUpdater().getStateViewArray(),
        second.getUpdater().getStateViewArray());
  }

  private static void assertMean(INDArray found, INDArray first, INDArray second) {
    INDArray mean = first.add(second).muli(0.5);
    assertThat(first.distance2(second)).isPositive();
    assertThat(found.distance2(mean) / mean.norm2Number().doubleValue()).isLessThan(1e-6);
  }

  @ParameterizedTest
  @CsvSource({"none, 0.05", "linear, 0.1", "sqrt, 0.0707107"})
  void theLearningRateGrowsWithTheWorkersAsItIsTold(String scaling, double peak)
      throws IOException {
    Settings settings =
        SettingsLoader.load(
            SAMPLES,
            Map.of(
                "batch-size",
                10,
                "epochs",
                1,
                "learning-rate-scaling",
                scaling,
                "schedule.name",
                "constant"),
            List.of());
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 20);
    Trainer trainer = trainer("scaled-" + scaling, images, 2, settings);
    assertThat(trainer.train(Position.START, round -> {}).learningRate())
        .isCloseTo(peak, within(1e-6));
    trainer.close();
  }

  @Test
  void theLearningRateOfAnEpochIsThatOfItsLastStep() throws IOException {
    List<PreparedImage> images = ColouredImages.images(3, SIZE, 20);
    Trainer trainer = trainer("rate", images, 1, settings(10, 4, 1));
    // one epoch of one-cycle ends at the peak's 250,000th
    assertThat(trainer.train(Position.START, round -> {}).learningRate())
        .isCloseTo(0.05 / 250_000, within(1e-12));
  }

  private Trainer trainer(String name, List<PreparedImage> images, int workers, Settings settings)
      throws IOException {
    return trainer(Network.CUSTOMCNN, name, images, workers, settings, OWN, Optional.empty());
  }

  private Trainer trainer(
      Network network,
      String name,
      List<PreparedImage> images,
      int workers,
      Settings settings,
      NetworkSettings own,
      Optional<TrainedWeights> pretrained)
      throws IOException {
    JavaRDD<PreparedImage> data = spark.parallelize(images, 3);
    Cluster cluster = new Cluster(1, workers, 1, 1L << 33, true);
    Checkpoints checkpoints =
        new Checkpoints(spark, folder.resolve(name).toString(), 2, message -> {});
    String training = "test-" + name + "-" + TRAININGS.incrementAndGet();
    return new Trainer(
        spark,
        training,
        network,
        3,
        settings,
        own,
        cluster,
        data,
        images.size(),
        checkpoints,
        pretrained);
  }

  private static Settings resized(String scale) {
    return SettingsLoader.load(
        SAMPLES,
        Map.of("batch-size", 4, "epochs", 1),
        List.of(
            "augmentation.shift=0",
            "progressive-resizing.initial-scale=" + scale,
            "progressive-resizing.delay-fraction=1",
            "progressive-resizing.finetune-fraction=0"));
  }

  /** The parameters of ResNet18 after an epoch of two steps with images of one colour each. */
  private float[] trained(String name, Settings settings, int imageSize, int ownSize)
      throws IOException {
    List<PreparedImage> images =
        IntStream.range(0, 8)
            .mapToObj(
                i -> {
                  byte[] pixels = new byte[3 * imageSize * imageSize];
                  Arrays.fill(pixels, (byte) (30 * i));
                  return new PreparedImage(i, i, i % 3, pixels);
                })
            .toList();
    NetworkSettings own = new NetworkSettings(ownSize, 0.05);
    try (Trainer trainer =
        trainer(Network.RESNET18, name, images, 1, settings, own, Optional.empty())) {
      trainer.train(Position.START, round -> {});
      return parameters(trainer);
    }
  }

  private static double distance(float[] parameters, float[] expected) {
    double apart = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      apart += Math.pow(parameters[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(apart / size);
  }

  private static float[] parameters(Trainer trainer) {
    return trainer.network().network().params().dup().data().asFloat();
  }

  private static float[] model(Trainer trainer) {
    return trainer.model().answering().params().dup().data().asFloat();
  }

  private static float[] momentum(Trainer trainer) {
    INDArray state = trainer.network().network().getUpdater(true).getStateViewArray();
    return state.dup().data().asFloat();
  }

  private static Settings settings(int batchSize, int averagingFrequency, int epochs) {
    return settings(batchSize, averagingFrequency, epochs, "1 epoch");
  }

  private static Settings settings(
      int batchSize, int averagingFrequency, int epochs, String checkpointEvery) {
    return SettingsLoader.load(
        SAMPLES,
        Map.of(
            "batch-size",
            batchSize,
            "averaging-frequency",
            averagingFrequency,
            "epochs",
            epochs,
            "checkpoint-every",
            checkpointEvery),
        List.of());
  }

  /**
   * What one worker reaches with {@code ComputationGraph.fit} on the batches of the first epoch.
   */
  private static ComputationGraph trainedAlone(
      Settings settings, List<PreparedImage> images, int worker, int workers) {
    Arithmetic.useThreads(1);
    BatchPlan plan =
        BatchPlan.of(images.size(), workers, settings.batchSize(), settings.averagingFrequency());
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings.schedule(), 0.05, settings.epochs(), plan.steps());
    ComputationGraph graph =
        new LeanGraph(
            Network.CUSTOMCNN.configure(
                3, SIZE, Optimizer.of(settings.optimizer(), OWN, 1, peak -> schedule)));
    graph.init();
    Initialization.initialize(graph, settings.seed());
    Augmentation augmentation = new Augmentation(SIZE / 10, true);
    Batches batches =
        new Batches(
            plan, ImageSizes.of(SIZE), 3, augmentation, BatchMixing.NONE, 0, settings.seed());
    Permutation order = EpochImages.order(images.size(), settings.seed(), 1);
    Iterator<PreparedImage> own =
        images.stream()
            .sorted(Comparator.comparingInt(image -> order.place(image.index())))
            .filter(image -> plan.worker(order.place(image.index())) == worker)
            .iterator();
    for (int round = 0; round < plan.rounds(1); round++) {
      List<MultiDataSet> data = new ArrayList<>();
      batches.round(own, worker, 1, round).forEachRemaining(data::add);
      data.forEach(graph::fit);
    }
    return graph;
  }
}
