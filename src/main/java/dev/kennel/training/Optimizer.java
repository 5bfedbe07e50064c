package dev.kennel.training;

import dev.kennel.config.NetworkSettings;
import dev.kennel.config.OptimizerSettings;
import dev.kennel.network.Optimization;
import dev.kennel.onednn.AdamW;
import dev.kennel.onednn.Lars;
import java.util.function.DoubleFunction;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ISchedule;

/** The optimizer of a training, as the settings say. */
final class Optimizer {
  private Optimizer() {}

  /**
   * How a network's parameters are updated.
   *
   * @param scaling times the network's learning rates
   * @param schedule the learning rate of every step for a peak
   */
  static Optimization of(
      OptimizerSettings settings,
      NetworkSettings own,
      double scaling,
      DoubleFunction<ISchedule> schedule) {
    IUpdater all = of(settings, schedule.apply(scaling * own.learningRate()));
    return new Optimization(
        all,
        own.classifierLearningRate().isPresent()
            ? of(settings, schedule.apply(scaling * own.classifierLearningRate().getAsDouble()))
            : all,
        settings.weightDecay(),
        settings.normWeightDecay(),
        settings.biasWeightDecay());
  }

  private static IUpdater of(OptimizerSettings settings, ISchedule rate) {
    return switch (settings.name()) {
      case SGD -> new Nesterovs(rate, settings.momentum());
      case ADAMW -> new AdamW(rate, settings.beta1(), settings.beta2(), settings.epsilon());
      case LARS -> new Lars(rate, settings.momentum(), settings.coefficient());
    };
  }
}
