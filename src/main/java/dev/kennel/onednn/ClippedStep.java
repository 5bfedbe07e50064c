package dev.kennel.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A step whose gradients are clipped by the norm of all of them together, as PyTorch's {@code
 * clip_grad_norm_} does: the norm must be known before the first parameter moves. Gradients wait
 * where the layers left them; of a fully connected layer's weights, their two factors of [batch,
 * features] do, and the gradient is formed tile by tile in the end as without clipping.
 */
final class ClippedStep implements GradientTaker {
  private static final double ADDED = 1e-6; // to the norm: PyTorch's

  private final Map<String, Map<String, Update>> updates;
  private final double most;
  private final StepMemory memory;
  private final List<Waiting> waiting = new ArrayList<>();

  /** What waits for the norm, and its own, squared. */
  private record Waiting(Update update, double squared, Consumer<Update> follow) {}

  /**
   * At the beginning of a step.
   *
   * @param updates of each parameter, by the names of its layer and its own
   * @param most the largest norm
   * @param memory of the step, where what waits is kept
   */
  ClippedStep(Map<String, Map<String, Update>> updates, double most, StepMemory memory) {
    this.updates = updates;
    this.most = most;
    this.memory = memory;
  }

  @Override
  public void take(String layer, String parameter, INDArray gradient, Character order) {
    memory.retain(gradient);
    long address = Memory.address(gradient);
    Update update = updates.get(layer).get(parameter);
    waiting.add(
        new Waiting(
            update,
            update.isGradient() ? scaled(update, Norm.squared(address, update.length())) : 0,
            clipped -> clipped.follow(address)));
  }

  /** Takes the two factors of a gradient of weights. */
  void takeProduct(Update update, INDArray left, INDArray right) {
    // The array of an output's gradient may be a residual branch's too, which adds to it later.
    INDArray kept = memory.dup(ArrayType.ACTIVATION_GRAD, left, 'c');
    memory.retain(kept);
    memory.retain(right);
    GradientTiles product = GradientTiles.of(kept, right);
    waiting.add(
        new Waiting(
            update, scaled(update, Norm.squared(product)), clipped -> clipped.follow(product)));
  }

  private static double scaled(Update update, double squared) {
    return update.rule().scale() * (double) update.rule().scale() * squared;
  }

  @Override
  public void end() {
    double norm = Math.sqrt(waiting.stream().mapToDouble(Waiting::squared).sum());
    double factor = Math.min(1, most / (norm + ADDED));
    for (Waiting one : waiting) {
      one.follow().accept(one.update().isGradient() ? one.update().clipped(factor) : one.update());
    }
  }
}
