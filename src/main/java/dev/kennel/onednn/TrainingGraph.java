package dev.kennel.onednn;

import java.util.Arrays;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network whose training steps take little memory: it runs its layers itself, forwards and
 * backwards, and gives the memory of each array to the next as soon as nothing needs it any more.
 * In everything else it is a {@link ComputationGraph}: parameters, answers, listeners, saved
 * models. It trains networks of one input and one output, without masks.
 */
public final class TrainingGraph extends ComputationGraph {
  private transient StepMemory memory;
  private transient INDArray[] labels;
  private transient INDArray[] outputs; // by vertex; those that the backward pass has yet to see

  /** A network to be {@link #init()}-ed. */
  public TrainingGraph(ComputationGraphConfiguration configuration) {
    super(configuration);
    if (configuration.getNetworkInputs().size() != 1
        || configuration.getNetworkOutputs().size() != 1) {
      throw new IllegalArgumentException(
          "Cannot train a network of "
              + configuration.getNetworkInputs().size()
              + " inputs and "
              + configuration.getNetworkOutputs().size()
              + " outputs: it takes one of each");
    }
  }

  @Override
  public void init(INDArray parameters, boolean cloneParametersArray) {
    super.init(parameters, cloneParametersArray);
    if (!(solver instanceof OnePassSolver)) {
      solver = new OnePassSolver(this);
    }
  }

  @Override
  public void setLabels(INDArray... labels) {
    super.setLabels(labels);
    this.labels = labels;
  }

  /**
   * Computes loss and gradients for the inputs and labels that were set. The loss is the mean
   * cross-entropy of the batch; weight decay is part of the update alone.
   */
  @Override
  public void computeGradientAndScore() {
    synchronizeIterEpochCounts();
    if (flattenedGradients == null) {
      initGradientsView();
    }
    if (memory == null) {
      memory = new StepMemory();
      outputs = new INDArray[vertices.length];
    }
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      forward(getInputs()[0]);
      ((IOutputLayer) getOutputLayer(0)).setLabels(labels[0]);
      gradient = backward();
      score = ((IOutputLayer) getOutputLayer(0)).computeScore(0, true, memory);
      for (TrainingListener listener : getListeners()) {
        listener.onBackwardPass(this);
      }
    } finally {
      for (GraphVertex vertex : vertices) {
        vertex.clear();
      }
      Arrays.fill(outputs, null);
      memory.endStep();
    }
  }

  /** Runs every layer but the last, whose loss the backward pass begins with. */
  private void forward(INDArray images) {
    for (int index : topologicalOrder) {
      GraphVertex vertex = vertices[index];
      if (vertex.isOutputVertex()) {
        continue;
      }
      INDArray output = vertex.isInputVertex() ? images : vertex.doForward(true, memory);
      memory.retain(output);
      memory.endOperation();
      outputs[index] = output;
      for (VertexIndices to : vertex.getOutputVertices()) {
        vertices[to.getVertexIndex()].setInput(to.getVertexEdgeNumber(), output, memory);
      }
      if (!vertex.isInputVertex()) {
        releaseInputs(vertex);
      }
    }
  }

  /** Lets inputs go that were for this layer alone, if the backward pass will not look at them. */
  private void releaseInputs(GraphVertex vertex) {
    for (VertexIndices from : vertex.getInputVertices()) {
      GraphVertex input = vertices[from.getVertexIndex()];
      if (input.getNumOutputConnections() == 1 && !keepsInput(vertex) && !keepsOutput(input)) {
        releaseOutput(input);
      }
    }
  }

  private void releaseOutput(GraphVertex vertex) {
    INDArray output = outputs[vertex.getVertexIndex()];
    if (output != null) {
      memory.release(output);
      outputs[vertex.getVertexIndex()] = null;
    }
  }

  private static boolean keepsInput(GraphVertex vertex) {
    Layer layer = vertex.getLayer();
    return !(vertex instanceof AdditionVertex || layer instanceof PoolingOnOneDnn);
  }

  private static boolean keepsOutput(GraphVertex vertex) {
    Layer layer = vertex.getLayer();
    return !(layer instanceof NormalizationOnOneDnn
        || layer instanceof ConvolutionOnOneDnn
        || layer instanceof PoolingOnOneDnn);
  }

  private Gradient backward() {
    Gradient gradients = new DefaultGradient(flattenedGradients);
    for (int i = topologicalOrder.length - 1; i >= 0; i--) {
      GraphVertex vertex = vertices[topologicalOrder[i]];
      if (vertex.isInputVertex()) {
        continue;
      }
      Pair<Gradient, INDArray[]> result = vertex.doBackward(false, memory);
      INDArray[] inputGradients = result.getSecond();
      for (int input = 0; input < inputGradients.length; input++) {
        GraphVertex from = vertices[vertex.getInputVertices()[input].getVertexIndex()];
        if (!from.isInputVertex()) {
          add(inputGradients[input], from);
        }
      }
      memory.endOperation();
      if (vertex.getEpsilon() != null) {
        memory.release(vertex.getEpsilon());
      }
      releaseOutput(vertex);
      if (result.getFirst() != null) {
        result
            .getFirst()
            .gradientForVariable()
            .forEach(
                (name, value) ->
                    gradients.setGradientFor(
                        vertex.getVertexName() + "_" + name,
                        value,
                        result.getFirst().flatteningOrderForVariable(name)));
      }
    }
    return gradients;
  }

  /** Adds to the gradient of a layer's output what one of its readers knows of it. */
  private void add(INDArray part, GraphVertex to) {
    if (to.getEpsilon() == null) {
      to.setEpsilon(part);
      memory.retain(part);
    } else {
      Memory.add(part, to.getEpsilon());
      memory.retain(part);
      memory.release(part);
    }
  }
}
