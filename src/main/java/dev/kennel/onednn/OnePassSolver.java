package dev.kennel.onednn;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.Solver;
import org.deeplearning4j.optimize.api.ConvexOptimizer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Stochastic gradient descent with Nesterov momentum, AdamW and LARS, with weight decay, in one
 * pass over memory: each layer's parameters follow their gradient as soon as it is known, while the
 * processor's cache holds it, and it is not kept. Deeplearning4j keeps all gradients to the end of
 * the backward pass and then makes a pass of its own for the division by the batch's size, the
 * decay, the momentum and the subtraction. The result is the same but for rounding, and so is the
 * state: momentum as Deeplearning4j keeps it, which has the learning rate in it, and the means of
 * gradients and of their squares. Any other method is left to Deeplearning4j.
 */
final class OnePassSolver extends Solver {
  private final LeanGraph graph;
  private final Solver stock;

  OnePassSolver(LeanGraph graph) {
    this.graph = graph;
    stock =
        new Solver.Builder()
            .configure(graph.conf())
            .listeners(graph.getListeners())
            .model(graph)
            .build();
  }

  @Override
  public ConvexOptimizer getOptimizer() {
    return stock.getOptimizer();
  }

  @Override
  public void initOptimizer() {
    stock.initOptimizer();
  }

  @Override
  public void setListeners(Collection<TrainingListener> listeners) {
    stock.setListeners(listeners);
  }

  @Override
  public void optimize(LayerWorkspaceMgr workspaces) {
    List<UpdaterBlock> blocks = graph.getUpdater().getUpdaterBlocks();
    if (!blocks.stream().allMatch(OnePassSolver::isKnown)) {
      if (graph.isPartlyFrozen()) {
        throw new UnsupportedOperationException(
            "Cannot train with frozen layers by another method than SGD with at most momentum and"
                + " L2, AdamW and LARS: Deeplearning4j's would move them too");
      }
      if (graph.isClipped()) {
        throw new UnsupportedOperationException(
            "Cannot clip gradients with another method than SGD with at most momentum and L2, AdamW"
                + " and LARS");
      }
      stock.optimize(workspaces);
      return;
    }
    int iteration = graph.getConfiguration().getIterationCount();
    int epoch = graph.getConfiguration().getEpochCount();
    graph.step(updates(blocks, iteration, epoch));
    for (TrainingListener listener : graph.getListeners()) {
      listener.iterationDone(graph, iteration, epoch);
    }
    BaseOptimizer.incrementIterationCount(graph, 1);
    graph.applyConstraints(iteration, epoch);
  }

  /** How each parameter follows its gradient in this step, by the layer's name and its own. */
  private Map<String, Map<String, Update>> updates(
      List<UpdaterBlock> blocks, int iteration, int epoch) {
    Map<String, Map<String, Update>> updates = new HashMap<>();
    for (UpdaterBlock block : blocks) {
      INDArray state = block.getUpdaterView();
      long first = state == null ? 0 : Memory.address(state);
      IUpdater updater = block.getGradientUpdater().getConfig();
      long second = updater instanceof AdamW ? first + Float.BYTES * state.length() / 2 : 0;
      for (ParamState parameter : block.getLayersAndVariablesInBlock()) {
        INDArray weights = parameter.getParamView();
        updates
            .computeIfAbsent(layer(parameter), name -> new HashMap<>())
            .put(
                parameter.getParamName(),
                new Update(
                    rule(updater, parameter, iteration, epoch),
                    Memory.address(weights),
                    first,
                    second,
                    weights.length(),
                    !(updater instanceof NoOp)));
        long bytes = Float.BYTES * weights.length();
        first += first == 0 ? 0 : bytes;
        second += second == 0 ? 0 : bytes;
      }
    }
    return updates;
  }

  private static String layer(ParamState parameter) {
    return parameter.getLayer().getConfig().getLayerName();
  }

  private static boolean isKnown(UpdaterBlock block) {
    IUpdater updater = block.getGradientUpdater().getConfig();
    return (updater instanceof Nesterovs
            || updater instanceof Sgd
            || updater instanceof NoOp
            || updater instanceof Scheduled)
        && block.getLayersAndVariablesInBlock().stream().allMatch(p -> isPlain(updater, p));
  }

  /** Whether at most decay is asked for as the method takes it, and no clipping by layers. */
  private static boolean isPlain(IUpdater updater, ParamState parameter) {
    Trainable layer = parameter.getLayer();
    GradientNormalization normalization = layer.getConfig().getGradientNormalization();
    return (normalization == null || normalization == GradientNormalization.None)
        && regularization(parameter).stream()
            .allMatch(
                updater instanceof AdamW
                    ? r -> r instanceof WeightDecay decay && decay.isApplyLR()
                    : r -> r instanceof L2Regularization);
  }

  private static List<Regularization> regularization(ParamState parameter) {
    List<Regularization> found =
        parameter.getLayer().getConfig().getRegularizationByParam(parameter.getParamName());
    return found == null ? List.of() : found;
  }

  private Rule rule(IUpdater updater, ParamState parameter, int iteration, int epoch) {
    double decay = 0;
    for (Regularization one : regularization(parameter)) {
      ISchedule factor =
          one instanceof WeightDecay decoupled
              ? decoupled.getCoeff()
              : ((L2Regularization) one).getL2();
      decay += factor.valueAt(iteration, epoch);
    }
    boolean isSum =
        graph.conf().isMiniBatch()
            && parameter.getLayer().updaterDivideByMinibatch(parameter.getParamName());
    double scale = isSum ? 1.0 / graph.batchSize() : 1;
    if (updater instanceof AdamW adamW) {
      return adamW.rule(iteration, epoch, decay, scale);
    }
    if (updater instanceof Lars lars) {
      return lars.rule(parameter.getParamName(), iteration, epoch, decay, scale);
    }
    double rate = updater.hasLearningRate() ? updater.getLearningRate(iteration, epoch) : 1;
    double momentum =
        updater instanceof Nesterovs nesterovs ? nesterovs.currentMomentum(iteration, epoch) : 0;
    return new MomentumRule((float) rate, (float) momentum, (float) decay, (float) scale);
  }
}
