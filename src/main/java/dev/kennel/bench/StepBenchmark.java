package dev.kennel.bench;

import dev.kennel.config.OptimizerSettings;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.onednn.AdamW;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.Computation;
import dev.kennel.onednn.Lars;
import dev.kennel.onednn.LeanGraph;
import dev.kennel.onednn.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * Times training steps (forward, backward, update) and forward passes of one network on random
 * images, as a worker of a training would run them.
 *
 * @param imageSize side of the square images, in pixels
 * @param batch images a step
 * @param threads threads of the arithmetic
 * @param how layers compute
 * @param optimizer that updates
 * @param clipGradNorm the largest norm of the gradient of all parameters together; 0: any
 * @param classes of the classifier
 * @param steps that are timed, after the warm-up
 */
public record StepBenchmark(
    Network network,
    int imageSize,
    int batch,
    int threads,
    Computation how,
    OptimizerSettings.Name optimizer,
    double clipGradNorm,
    int classes,
    int steps) {
  private static final int WARM_UP = 4;
  private static final int CLASSES = 120;

  /** With Nesterov momentum and without clipping. */
  public StepBenchmark(
      Network network,
      int imageSize,
      int batch,
      int threads,
      Computation how,
      int classes,
      int steps) {
    this(network, imageSize, batch, threads, how, OptimizerSettings.Name.SGD, 0, classes, steps);
  }

  /** What a benchmark tries where nothing is said: each network as it is usually trained. */
  public static List<StepBenchmark> shortSet(int threads) {
    List<StepBenchmark> set = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      if (precision.isNative()) {
        set.add(
            new StepBenchmark(
                Network.RESNET18, 224, 32, threads, Computation.in(precision), CLASSES, 5));
      }
    }
    set.add(new StepBenchmark(Network.RESNET18, 64, 64, threads, Computation.DEFAULT, CLASSES, 8));
    set.add(new StepBenchmark(Network.RESNET50, 224, 16, threads, Computation.DEFAULT, CLASSES, 5));
    set.add(
        new StepBenchmark(Network.CUSTOMCNN, 32, 128, threads, Computation.DEFAULT, CLASSES, 20));
    set.add(new StepBenchmark(Network.RESFCN18, 192, 32, threads, Computation.DEFAULT, CLASSES, 5));
    return set;
  }

  /** Runs it; the profile is empty unless asked for. */
  public StepTiming run(boolean profiled) {
    Arithmetic.useThreads(threads);
    ComputationGraph graph =
        new LeanGraph(
            network.configure(classes, imageSize, new Optimization(updater(), 0)),
            how,
            Set.of(),
            clipGradNorm);
    graph.init();
    Initialization.initialize(graph, 1);
    INDArray images = Nd4j.randn(DataType.FLOAT, batch, 3, imageSize, imageSize);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, batch, classes);
    for (int i = 0; i < batch; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    MultiDataSet step = new MultiDataSet(images, labels);
    long built = PeakMemory.megabytes();
    double train = medianSeconds(() -> graph.fit(step));
    double forward = medianSeconds(() -> graph.output(images));
    long peak = PeakMemory.megabytes();
    double profiledStep = 0;
    List<Profile.Line> profile = List.of();
    if (profiled) {
      Profile measured = Profile.of(graph);
      profiledStep = medianSeconds(() -> graph.fit(step));
      profile = measured.lines();
    }
    return new StepTiming(
        this, batch / train, batch / forward, peak, peak - built, 1000 * profiledStep, profile);
  }

  private IUpdater updater() {
    return switch (optimizer) {
      case SGD -> new Nesterovs(0.01, 0.9);
      case ADAMW -> new AdamW(new FixedSchedule(0.001), 0.9, 0.999, 1e-8);
      case LARS -> new Lars(new FixedSchedule(1), 0.9, 0.001);
    };
  }

  private double medianSeconds(Runnable work) {
    for (int i = 0; i < WARM_UP; i++) {
      work.run();
    }
    double[] seconds = new double[steps];
    for (int i = 0; i < steps; i++) {
      long start = System.nanoTime();
      work.run();
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(seconds);
    return seconds[steps / 2];
  }
}
