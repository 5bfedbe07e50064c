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

/**
 * Stochastic gradient descent with Nesterov momentum and weight decay in one pass over memory: each
 * layer's parameters follow their gradient as soon as it is known, while the processor's cache
 * holds it, and it is not kept. Deeplearning4j keeps all gradients to the end of the backward pass
 * and then makes a pass of its own for the division by the batch's size, the decay, the momentum
 * and the subtraction. The result is the same but for rounding, and so is the state: momentum as
 * Deeplearning4j keeps it, which has the learning rate in it. Any other method is left to
 * Deeplearning4j.
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
                + " L2: Deeplearning4j's would move them too");
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
      long velocity = state == null ? 0 : Memory.address(state);
      for (ParamState parameter : block.getLayersAndVariablesInBlock()) {
        INDArray weights = parameter.getParamView();
        updates
            .computeIfAbsent(layer(parameter), name -> new HashMap<>())
            .put(
                parameter.getParamName(),
                new Update(
                    rule(block, parameter, iteration, epoch),
                    Memory.address(weights),
                    velocity,
                    weights.length()));
        if (velocity != 0) {
          velocity += Float.BYTES * weights.length();
        }
      }
    }
    return updates;
  }

  private static String layer(ParamState parameter) {
    return parameter.getLayer().getConfig().getLayerName();
  }

  private static boolean isKnown(UpdaterBlock block) {
    IUpdater updater = block.getGradientUpdater().getConfig();
    return (updater instanceof Nesterovs || updater instanceof Sgd || updater instanceof NoOp)
        && block.getLayersAndVariablesInBlock().stream().allMatch(OnePassSolver::isPlain);
  }

  /** Whether at most L2 is asked for, and no clipping of gradients. */
  private static boolean isPlain(ParamState parameter) {
    Trainable layer = parameter.getLayer();
    GradientNormalization normalization = layer.getConfig().getGradientNormalization();
    List<Regularization> regularization = regularization(parameter);
    return (normalization == null || normalization == GradientNormalization.None)
        && regularization.stream().allMatch(r -> r instanceof L2Regularization);
  }

  private static List<Regularization> regularization(ParamState parameter) {
    List<Regularization> found =
        parameter.getLayer().getConfig().getRegularizationByParam(parameter.getParamName());
    return found == null ? List.of() : found;
  }

  private Rule rule(UpdaterBlock block, ParamState parameter, int iteration, int epoch) {
    IUpdater updater = block.getGradientUpdater().getConfig();
    double rate = updater.hasLearningRate() ? updater.getLearningRate(iteration, epoch) : 1;
    double momentum =
        updater instanceof Nesterovs nesterovs ? nesterovs.currentMomentum(iteration, epoch) : 0;
    double decay = 0;
    for (Regularization l2 : regularization(parameter)) {
      decay += ((L2Regularization) l2).getL2().valueAt(iteration, epoch);
    }
    boolean isSum =
        graph.conf().isMiniBatch()
            && parameter.getLayer().updaterDivideByMinibatch(parameter.getParamName());
    double scale = isSum ? 1.0 / graph.batchSize() : 1;
    return new Rule((float) rate, (float) momentum, (float) decay, (float) scale);
  }
}
