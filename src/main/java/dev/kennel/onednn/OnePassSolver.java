package dev.kennel.onednn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
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
 * Stochastic gradient descent with Nesterov momentum and weight decay in one pass over memory:
 * gradient, momentum and parameter are each read once, and the latter two written. Deeplearning4j
 * makes a pass of its own for the division by the batch's size, the decay, the momentum and the
 * subtraction. The result is the same but for rounding, and so is the state: momentum as
 * Deeplearning4j keeps it, which has the learning rate in it. Any other method is left to
 * Deeplearning4j.
 */
final class OnePassSolver extends Solver {
  private static final int PIECE =
      1 << 17; // floats: small enough to share out, large to be worth it

  private final ComputationGraph graph;
  private final Solver stock;

  OnePassSolver(ComputationGraph graph) {
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
      stock.optimize(workspaces);
      return;
    }
    graph.computeGradientAndScore();
    int iteration = graph.getConfiguration().getIterationCount();
    int epoch = graph.getConfiguration().getEpochCount();
    for (TrainingListener listener : graph.getListeners()) {
      listener.onGradientCalculation(graph);
    }
    List<Piece> pieces = new ArrayList<>();
    for (UpdaterBlock block : blocks) {
      long offsetInState = 0;
      for (ParamState parameter : block.getLayersAndVariablesInBlock()) {
        Rule rule = rule(block, parameter, iteration, epoch);
        addPieces(pieces, rule, block.getUpdaterView(), offsetInState, parameter);
        offsetInState += parameter.getParamView().length();
      }
    }
    Parallel.forEach(pieces.size(), i -> pieces.get(i).update());
    for (TrainingListener listener : graph.getListeners()) {
      listener.iterationDone(graph, iteration, epoch);
    }
    BaseOptimizer.incrementIterationCount(graph, 1);
    graph.applyConstraints(iteration, epoch);
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

  private static void addPieces(
      List<Piece> pieces, Rule rule, INDArray state, long offsetInState, ParamState parameter) {
    long length = parameter.getParamView().length();
    long weights = Memory.address(parameter.getParamView());
    long gradient = Memory.address(parameter.getGradView());
    long momentum = state == null ? 0 : Memory.address(state) + Float.BYTES * offsetInState;
    for (long from = 0; from < length; from += PIECE) {
      long bytes = Float.BYTES * from;
      pieces.add(
          new Piece(
              rule,
              weights + bytes,
              momentum == 0 ? 0 : momentum + bytes,
              gradient + bytes,
              (int) Math.min(PIECE, length - from)));
    }
  }

  /** A part of the parameters that one thread updates; addresses, no momentum where that is 0. */
  private record Piece(Rule rule, long weights, long momentum, long gradient, int length) {
    void update() {
      if (momentum == 0) {
        rule.descend(Memory.floats(weights, length), Memory.floats(gradient, length), length);
      } else {
        rule.accelerate(
            Memory.floats(weights, length),
            Memory.floats(momentum, length),
            Memory.floats(gradient, length),
            length);
      }
    }
  }
}
