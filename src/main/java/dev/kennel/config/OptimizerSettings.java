package dev.kennel.config;

import com.typesafe.config.Config;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How parameters follow their gradient.
 *
 * @param name which of the methods
 * @param learningRateScaling how the learning rate grows with the number of workers
 * @param momentum of sgd and lars, in [0, 1)
 * @param weightDecay of weights of convolutions and fully connected layers, in [0, 1)
 * @param normWeightDecay of weights of batch normalization
 * @param biasWeightDecay of all biases, batch normalization's among them
 * @param clipGradNorm the largest norm of the gradient of all parameters together; 0: any
 * @param beta1 share that adamw's mean of gradients keeps in a step, in [0, 1)
 * @param beta2 share that adamw's mean of their squares keeps in a step, in [0, 1)
 * @param epsilon of adamw, above 0
 * @param coefficient of the trust ratio of lars, above 0 and at most 1
 */
public record OptimizerSettings(
    Name name,
    Scaling learningRateScaling,
    double momentum,
    double weightDecay,
    double normWeightDecay,
    double biasWeightDecay,
    double clipGradNorm,
    double beta1,
    double beta2,
    double epsilon,
    double coefficient) {
  /** The methods, by the name that settings give them. */
  public enum Name {
    SGD,
    ADAMW,
    LARS;

    /**
     * The method of that name.
     *
     * @throws UserError if there is none; the message names the nearest one
     */
    public static Name of(String name) {
      return named("optimizer", name, values());
    }

    /** The name that users type. */
    public String title() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Numbers that it keeps for each parameter from step to step: momentum, or two means. */
    public int statesPerParameter() {
      return this == ADAMW ? 2 : 1;
    }
  }

  /**
   * What the learning rate is multiplied by: with n workers a step sees n batches (Goyal et al.
   * 2017, arXiv 1706.02677).
   */
  public enum Scaling {
    /** By nothing. */
    NONE,
    /** By the number of workers. */
    LINEAR,
    /** By the square root of it. */
    SQRT;

    /** The factor. */
    public double factor(int workers) {
      return switch (this) {
        case NONE -> 1;
        case LINEAR -> workers;
        case SQRT -> Math.sqrt(workers);
      };
    }
  }

  public OptimizerSettings {
    share("momentum", momentum);
    share("weight-decay", weightDecay);
    share("norm-weight-decay", normWeightDecay);
    share("bias-weight-decay", biasWeightDecay);
    Checks.that(
        clipGradNorm >= 0 && Double.isFinite(clipGradNorm),
        "Cannot use clip-grad-norm %s: it is above 0, or 0 for none",
        clipGradNorm);
    share("adamw.beta1", beta1);
    share("adamw.beta2", beta2);
    Checks.that(
        epsilon > 0 && epsilon <= 1,
        "Cannot use adamw.epsilon %s: it is above 0 and at most 1",
        epsilon);
    Checks.that(
        coefficient > 0 && coefficient <= 1,
        "Cannot use lars.coefficient %s: it is above 0 and at most 1",
        coefficient);
  }

  static OptimizerSettings of(Config c) {
    return new OptimizerSettings(
        Name.of(c.getString("optimizer")),
        named("learning-rate-scaling", c.getString("learning-rate-scaling"), Scaling.values()),
        c.getDouble("momentum"),
        c.getDouble("weight-decay"),
        c.getDouble("norm-weight-decay"),
        c.getDouble("bias-weight-decay"),
        c.getDouble("clip-grad-norm"),
        c.getDouble("adamw.beta1"),
        c.getDouble("adamw.beta2"),
        c.getDouble("adamw.epsilon"),
        c.getDouble("lars.coefficient"));
  }

  private static void share(String key, double value) {
    Checks.that(value >= 0 && value < 1, "Cannot use %s %s: it lies in [0, 1)", key, value);
  }

  private static <E extends Enum<E>> E named(String key, String name, E[] values) {
    Map<String, E> known = new LinkedHashMap<>();
    for (E value : values) {
      known.put(value.name().toLowerCase(Locale.ROOT), value);
    }
    if (!known.containsKey(name)) {
      throw new UserError(NearestName.message(key, name, known.keySet()));
    }
    return known.get(name);
  }
}
