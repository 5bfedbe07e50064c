package dev.kennel.onednn;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A network whose steps and answers take little memory: it runs its layers itself, forwards and
 * backwards, and gives the memory of each array to the next as soon as nothing needs it any more.
 * In everything else it is a {@link ComputationGraph}: parameters, answers, listeners, saved
 * models. It trains networks of one input and one output, without masks.
 *
 * <p>Layers of it can be frozen: training steps leave their parameters and running statistics bit
 * for bit as they are, and normalize by the latter. Below the lowest layer that is trained nothing
 * is computed backwards, and nothing kept.
 */
public final class LeanGraph extends ComputationGraph {
  private final transient Computation how;
  private final transient Set<String> frozen;
  private final transient double clipGradNorm;
  private final transient Casts casts = new Casts();
  private final transient Sums sums = new Sums();
  private transient StepMemory memory;
  private transient long inputLength; // numbers of an image, which the memory is for
  private transient INDArray[] labels;
  private transient DataType lastInput; // format of what the last layer reads, before its copy
  private transient boolean isEachGradientKept;
  private transient MovingAverage movingAverage; // null: none
  private transient boolean[] isReached; // by vertex: the backward pass goes through it
  private transient int[] lastReader; // by vertex, where no reader is reached; else −1
  private transient INDArray[] outputs; // by vertex; those that the backward pass has yet to see

  /** A network in f32, to be {@link #init()}-ed. */
  public LeanGraph(ComputationGraphConfiguration configuration) {
    this(configuration, Computation.DEFAULT);
  }

  /** A network to be {@link #init()}-ed, of which everything is trained. */
  public LeanGraph(ComputationGraphConfiguration configuration, Computation how) {
    this(configuration, how, Set.of());
  }

  /**
   * A network to be {@link #init()}-ed. Input, answers, parameters and gradients are in f32
   * whatever its layers compute in.
   *
   * @param frozen names of layers that training leaves as they are, which is no part of the network
   *     itself: a model that is saved does not know of it
   * @throws UnsupportedOperationException if layers cannot compute in that precision here
   */
  public LeanGraph(
      ComputationGraphConfiguration configuration, Computation how, Set<String> frozen) {
    this(configuration, how, frozen, 0);
  }

  /**
   * The same, with clipping.
   *
   * @param clipGradNorm the largest norm that the gradient of the mean loss, of all parameters that
   *     are trained together, may have; 0: any. No part of the network itself, either
   */
  public LeanGraph(
      ComputationGraphConfiguration configuration,
      Computation how,
      Set<String> frozen,
      double clipGradNorm) {
    super(configuration);
    this.clipGradNorm = clipGradNorm;
    this.how = how;
    this.frozen = Set.copyOf(frozen);
    if (how.precision() == Precision.BF16 && !OneDnn.computesBf16()) {
      how.precision().check();
    }
    if (configuration.getNetworkInputs().size() != 1
        || configuration.getNetworkOutputs().size() != 1) {
      throw new IllegalArgumentException(
          "Cannot train a network of "
              + configuration.getNetworkInputs().size()
              + " inputs and "
              + configuration.getNetworkOutputs().size()
              + " outputs: it takes one of each");
    }
    String last = configuration.getNetworkOutputs().get(0);
    if (frozen.contains(last) || !configuration.getVertices().keySet().containsAll(frozen)) {
      throw new IllegalArgumentException(
          "Cannot freeze %s: of %s any but the last can be"
              .formatted(frozen, configuration.getVertices().keySet()));
    }
  }

  @Override
  public void init(INDArray parameters, boolean cloneParametersArray) {
    super.init(parameters, cloneParametersArray);
    for (Layer layer : getLayers()) {
      if (layer instanceof Computing computing) {
        computing.compute(how);
      }
    }
    findReached();
    if (!(solver instanceof OnePassSolver)) {
      solver = new OnePassSolver(this);
    }
  }

  /** The backward pass ends at the lowest layers that are trained. */
  private void findReached() {
    isReached = new boolean[vertices.length];
    lastReader = new int[vertices.length];
    for (int index : topologicalOrder) {
      GraphVertex vertex = vertices[index];
      boolean below = false;
      for (VertexIndices from : inputs(vertex)) {
        below |= isReached[from.getVertexIndex()];
      }
      isReached[index] = below || (vertex.numParams() > 0 && !isFrozen(vertex));
      for (VertexIndices from : inputs(vertex)) {
        int input = from.getVertexIndex();
        lastReader[input] = isReached[index] || lastReader[input] < 0 ? -1 : index;
      }
      if (vertex.getLayer() instanceof PartlyTrained layer) {
        layer.train(!isFrozen(vertex), below);
      }
    }
  }

  private static VertexIndices[] inputs(GraphVertex vertex) {
    return vertex.isInputVertex() ? new VertexIndices[0] : vertex.getInputVertices();
  }

  private boolean isFrozen(GraphVertex vertex) {
    return frozen.contains(vertex.getVertexName());
  }

  boolean isClipped() {
    return clipGradNorm > 0;
  }

  boolean isPartlyFrozen() {
    return !frozen.isEmpty();
  }

  /**
   * Keeps the moving average of the parameters from now on, whose values are left to the caller;
   * {@link #followParameters} moves it.
   *
   * @param decay what it keeps of itself at an update, in [0, 1)
   * @param steps between two updates
   */
  public void keepMovingAverage(double decay, int steps) {
    movingAverage = new MovingAverage(Nd4j.create(DataType.FLOAT, 1, numParams()), decay, steps);
  }

  /** That of the parameters, if it is kept. */
  public Optional<MovingAverage> movingAverage() {
    return Optional.ofNullable(movingAverage);
  }

  /**
   * To be called after each step.
   *
   * @param step counted from 0, since the start of the training
   */
  public void followParameters(int step) {
    movingAverage().ifPresent(average -> average.follow(params(), step));
  }

  @Override
  public void setLabels(INDArray... labels) {
    super.setLabels(labels);
    this.labels = labels;
  }

  /**
   * Gives every layer a place of its own for its gradients. The memory is touched only when
   * gradients are asked for: a step needs none. Those of frozen layers are 0.
   */
  @Override
  public void initGradientsView() {
    flattenedGradients =
        Nd4j.create(
            Nd4j.createBuffer(new FloatPointer(numParams()), numParams(), DataType.FLOAT),
            new long[] {1, numParams()},
            new long[] {numParams(), 1},
            0,
            'c');
    long from = 0;
    for (int index : topologicalOrder) {
      long length = vertices[index].numParams();
      if (length > 0) {
        INDArray gradients = part(flattenedGradients, from, length);
        if (isFrozen(vertices[index])) {
          gradients.assign(0);
        }
        vertices[index].setBackpropGradientsViewArray(gradients);
        from += length;
      }
    }
    isEachGradientKept = true;
  }

  /**
   * Gives all layers the same place for their gradients, but the last one, whose parameters are
   * needed to the end of the step. Fully connected layers need none, nor those that the backward
   * pass does not reach. Where gradients are clipped, each layer has a place of its own.
   */
  private void placeGradients() {
    long most = 0;
    long all = 0;
    long last = 0;
    for (GraphVertex vertex : vertices) {
      if (vertex.isOutputVertex()) {
        last = vertex.numParams();
      } else if (takesGradients(vertex)) {
        most = Math.max(most, vertex.numParams());
        all += vertex.numParams();
      }
    }
    boolean areApart = clipGradNorm > 0;
    INDArray places = Nd4j.create(DataType.FLOAT, 1, last + (areApart ? all : most));
    long from = last;
    for (GraphVertex vertex : vertices) {
      long length = vertex.numParams();
      if (length > 0 && takesGradients(vertex)) {
        vertex.setBackpropGradientsViewArray(
            part(places, vertex.isOutputVertex() ? 0 : from, length));
        if (areApart && !vertex.isOutputVertex()) {
          from += length;
        }
      }
    }
    isEachGradientKept = false;
  }

  private boolean takesGradients(GraphVertex vertex) {
    return isReached[vertex.getVertexIndex()]
        && !(vertex.getLayer() instanceof FullyConnectedOnOneDnn);
  }

  private static INDArray part(INDArray row, long from, long length) {
    return row.get(NDArrayIndex.interval(0, 0, true), NDArrayIndex.interval(from, from + length));
  }

  /**
   * Computes loss and gradients for the inputs and labels that were set. The loss is the mean
   * cross-entropy of the batch; weight decay is part of the update alone.
   */
  @Override
  public void computeGradientAndScore() {
    if (!isEachGradientKept) {
      initGradientsView();
    }
    Gradient gradients = new DefaultGradient(flattenedGradients);
    pass((layer, name, value, order) -> gradients.setGradientFor(layer + "_" + name, value, order));
    gradient = gradients;
  }

  /**
   * One training step for the inputs and labels that were set. No gradient is kept: {@link
   * #gradient()} is null afterwards.
   *
   * @param updates of each parameter, by the names of its layer and its own
   */
  void step(Map<String, Map<String, Update>> updates) {
    if (isEachGradientKept) {
      try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        placeGradients();
      }
    }
    gradient = null;
    if (clipGradNorm > 0) {
      beginPass();
      ClippedStep clipped = new ClippedStep(updates, clipGradNorm, memory);
      letFollow(updates, clipped::takeProduct);
      pass(clipped);
      return;
    }
    letFollow(updates, (update, left, right) -> update.follow(GradientTiles.of(left, right)));
    pass((layer, name, value, order) -> updates.get(layer).get(name).follow(Memory.address(value)));
  }

  /** Takes the two factors of the gradient of a fully connected layer's weights. */
  private interface ProductTaker {
    void take(Update weights, INDArray left, INDArray right);
  }

  private void letFollow(Map<String, Map<String, Update>> updates, ProductTaker products) {
    for (GraphVertex vertex : vertices) {
      if (vertex.getLayer() instanceof FullyConnectedOnOneDnn layer && !isFrozen(vertex)) {
        Update weights =
            updates.get(vertex.getVertexName()).get(DefaultParamInitializer.WEIGHT_KEY);
        layer.follow((left, right) -> products.take(weights, left, right));
      }
    }
  }

  /**
   * A forward and a backward pass.
   *
   * @param gradients takes each layer's gradients before those of the layers below it are computed;
   *     the last layer's after all others, when loss and listeners no longer need its parameters
   */
  private void pass(GradientTaker gradients) {
    synchronizeIterEpochCounts();
    beginPass();
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      IOutputLayer last = (IOutputLayer) getOutputLayer(0);
      forward(getInputs()[0]);
      last.setLabels(labels[0]);
      Gradient ofLast = backward(gradients);
      score = last.computeScore(0, true, memory);
      for (TrainingListener listener : getListeners()) {
        listener.onBackwardPass(this);
      }
      takeAll(getVertex(getConfiguration().getNetworkOutputs().get(0)), ofLast, gradients);
      gradients.end();
    } finally {
      endPass();
    }
  }

  private static void takeAll(GraphVertex layer, Gradient found, GradientTaker gradients) {
    found
        .gradientForVariable()
        .forEach(
            (name, value) ->
                gradients.take(
                    layer.getVertexName(), name, value, found.flatteningOrderForVariable(name)));
  }

  private void beginPass() {
    if (memory == null) {
      memory = new StepMemory();
      outputs = new INDArray[vertices.length];
    }
    long length = getInputs()[0].length() / getInputs()[0].size(0);
    if (length != inputLength) { // smaller blocks would never be used again
      freeStepMemory();
      inputLength = length;
    }
  }

  /**
   * Frees the memory of its passes, but not parameters and gradients, at once: Java's collector,
   * which sees a few small objects, takes its time. The next pass takes new memory.
   */
  public void freeStepMemory() {
    if (memory != null) {
      memory.close();
    }
  }

  /** The memory of its passes that it holds, in bytes. */
  public long stepMemoryBytes() {
    return memory == null ? 0 : memory.bytes();
  }

  private void endPass() {
    for (GraphVertex vertex : vertices) {
      vertex.clear();
    }
    Arrays.fill(outputs, null);
    memory.endStep();
  }

  @Override
  protected INDArray[] outputOfLayersDetached(
      boolean training,
      FwdPassType kind,
      int[] layers,
      INDArray[] images,
      INDArray[] masks,
      INDArray[] labelMasks,
      boolean clearInputs,
      boolean detachedInputs,
      MemoryWorkspace workspace) {
    boolean isAnswer =
        !training
            && kind == FwdPassType.STANDARD
            && masks == null
            && labelMasks == null
            && workspace == null
            && images.length == 1
            && Arrays.equals(layers, getOutputLayerIndices());
    if (!isAnswer) {
      return super.outputOfLayersDetached(
          training,
          kind,
          layers,
          images,
          masks,
          labelMasks,
          clearInputs,
          detachedInputs,
          workspace);
    }
    setInputs(images); // whose batch size layers ask for
    beginPass();
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return new INDArray[] {answer(images[0])};
    } finally {
      endPass();
    }
  }

  /** The last layer's output; each layer's is let go when the last of its readers has seen it. */
  private INDArray answer(INDArray images) {
    INDArray answer = null;
    for (int index : topologicalOrder) {
      GraphVertex vertex = vertices[index];
      INDArray output = vertex.isInputVertex() ? images : vertex.doForward(false, memory);
      if (vertex.isOutputVertex()) {
        answer = output.dup();
      } else {
        outputs[index] = output;
        for (VertexIndices to : vertex.getOutputVertices()) {
          memory.retain(output);
          handTo(to, output);
        }
      }
      memory.endOperation();
      if (!vertex.isInputVertex()) {
        for (VertexIndices from : vertex.getInputVertices()) {
          memory.release(outputs[from.getVertexIndex()]);
        }
      }
    }
    return answer;
  }

  /**
   * Runs every layer but the last, whose loss the backward pass begins with. Below the layers that
   * it reaches, outputs are let go as in an answer.
   */
  private void forward(INDArray images) {
    for (int index : topologicalOrder) {
      GraphVertex vertex = vertices[index];
      if (vertex.isOutputVertex()) {
        continue;
      }
      INDArray output =
          vertex.isInputVertex() ? images : vertex.doForward(isReached[index], memory);
      memory.retain(output);
      memory.endOperation();
      outputs[index] = output;
      for (VertexIndices to : vertex.getOutputVertices()) {
        handTo(to, output);
      }
      if (!vertex.isInputVertex()) {
        releaseInputs(vertex);
      }
    }
  }

  /** Hands an output to its reader; the last layer takes f32. */
  private void handTo(VertexIndices to, INDArray output) {
    GraphVertex reader = vertices[to.getVertexIndex()];
    INDArray seen = output;
    if (reader.isOutputVertex()) {
      lastInput = output.dataType();
      seen = casts.to(DataType.FLOAT, output, ArrayType.ACTIVATIONS, memory);
      memory.retain(seen); // to the end of the pass: loss and listeners ask the last layer anew
    }
    reader.setInput(to.getVertexEdgeNumber(), seen, memory);
  }

  /** Lets inputs go that were for this layer alone, if the backward pass will not look at them. */
  private void releaseInputs(GraphVertex vertex) {
    for (VertexIndices from : vertex.getInputVertices()) {
      GraphVertex input = vertices[from.getVertexIndex()];
      boolean isUnused =
          isReached[vertex.getVertexIndex()]
              ? input.getNumOutputConnections() == 1 && !keepsInput(vertex) && !keepsOutput(input)
              : lastReader[from.getVertexIndex()] == vertex.getVertexIndex();
      if (isUnused) {
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

  /** Returns the gradient of the last layer's parameters, which it does not hand on. */
  private Gradient backward(GradientTaker gradients) {
    Gradient ofLast = null;
    for (int i = topologicalOrder.length - 1; i >= 0; i--) {
      GraphVertex vertex = vertices[topologicalOrder[i]];
      if (!isReached[vertex.getVertexIndex()]) {
        continue;
      }
      Pair<Gradient, INDArray[]> result = vertex.doBackward(false, memory);
      INDArray[] inputGradients = result.getSecond();
      for (int input = 0; input < inputGradients.length; input++) {
        GraphVertex from = vertices[vertex.getInputVertices()[input].getVertexIndex()];
        if (isReached[from.getVertexIndex()]) {
          DataType type = vertex.isOutputVertex() ? lastInput : inputGradients[input].dataType();
          add(casts.to(type, inputGradients[input], ArrayType.ACTIVATION_GRAD, memory), from);
        }
      }
      if (vertex.isOutputVertex()) {
        ofLast = result.getFirst();
      } else if (result.getFirst() != null && !isFrozen(vertex)) {
        takeAll(vertex, result.getFirst(), gradients);
      }
      memory.endOperation();
      if (vertex.getEpsilon() != null) {
        memory.release(vertex.getEpsilon());
      }
      releaseOutput(vertex);
    }
    return ofLast;
  }

  /** Adds to the gradient of a layer's output what one of its readers knows of it. */
  private void add(INDArray part, GraphVertex to) {
    if (to.getEpsilon() == null) {
      to.setEpsilon(part);
      memory.retain(part);
    } else {
      sums.add(part, to.getEpsilon());
      memory.retain(part);
      memory.release(part);
    }
  }
}
