package dev.kennel.onednn;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * max(a + b, 0): the end of a residual block, addition and ReLU in one pass (He et al. 2015). Both
 * inputs and the output have the same shape. Computed by oneDNN where it can be had.
 *
 * <p>Its class name is part of every saved model.
 */
public final class Addition extends GraphVertex {
  private static final int INPUTS = 2;

  @Override
  public Addition clone() {
    return new Addition();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Addition;
  }

  @Override
  public int hashCode() {
    return Addition.class.getName().hashCode();
  }

  @Override
  public long numParams(boolean backprop) {
    return 0;
  }

  @Override
  public int minVertexInputs() {
    return INPUTS;
  }

  @Override
  public int maxVertexInputs() {
    return INPUTS;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType dataType) {
    return new AdditionVertex(graph, name, index, dataType, OneDnn.isAvailable());
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    if (!inputs[0].equals(inputs[1])) {
      throw new IllegalArgumentException("Cannot add " + inputs[0] + " and " + inputs[1]);
    }
    return inputs[0];
  }

  @Override
  public MemoryReport getMemoryReport(InputType... inputs) {
    return new LayerMemoryReport.Builder(null, Addition.class, inputs[0], inputs[0])
        .standardMemory(0, 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(0, 0)
        .build();
  }
}
