package dev.kennel.model;

import dev.kennel.network.StateDict;
import dev.kennel.onednn.Addition;
import dev.kennel.onednn.Convolution;
import dev.kennel.onednn.FeaturePooling;
import dev.kennel.onednn.FullyConnected;
import dev.kennel.onednn.GlobalAveragePooling;
import dev.kennel.onednn.Normalization;
import dev.kennel.onednn.Pooling;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/**
 * A network's computation as operators of ONNX, as {@link #OPSET} defines them
 * (https://github.com/onnx/onnx, docs/Operators.md). Values bear the names of the layers that make
 * them, parameters those of {@link StateDict}; the parameters themselves are left out.
 */
final class OnnxGraph {
  /** The version of the operators: of ONNX 1.8, which runtimes read since the end of 2020. */
  static final int OPSET = 13;

  /** Class scores before the softmax; its answer bears the name of the network's last layer. */
  static final String LOGITS = "logits";

  private static final String BATCH = "batch"; // a dimension whose length is free
  private static final String CHANNELS = "channel-axis"; // 1, for an operator that takes a tensor

  private final ComputationGraphConfiguration configuration;
  private final StateDict dict;
  private final GraphProto.Builder onnx = GraphProto.newBuilder();

  private OnnxGraph(ComputationGraphConfiguration configuration, StateDict dict) {
    this.configuration = configuration;
    this.dict = dict;
  }

  /**
   * The graph of an initialized network.
   *
   * @throws IllegalArgumentException if it has a layer that none of Kennel's networks has
   */
  static GraphProto of(ModelDescription description, ComputationGraph network, StateDict dict) {
    OnnxGraph graph = new OnnxGraph(network.getConfiguration(), dict);
    String image = graph.configuration.getNetworkInputs().get(0);
    String probabilities = graph.configuration.getNetworkOutputs().get(0);
    int size = description.imageSize();
    int classes = description.classNames().size();
    graph.onnx.setName(description.network());
    graph.onnx.addInput(value(image, 3, size, size));
    graph.onnx.addOutput(value(LOGITS, classes));
    graph.onnx.addOutput(value(probabilities, classes));
    for (int index : network.topologicalSortOrder()) {
      String name = network.getVertices()[index].getVertexName();
      if (!name.equals(image)) {
        graph.add(name);
      }
    }
    return graph.onnx.build();
  }

  private static ValueInfoProto value(String name, long... lengths) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimParam(BATCH);
    for (long length : lengths) {
      shape.addDimBuilder().setDimValue(length);
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT)
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private void add(String name) {
    GraphVertex vertex = configuration.getVertices().get(name);
    List<String> inputs = configuration.getVertexInputs().get(name);
    if (vertex instanceof Addition) {
      relu(name, node("Add", name + "-sum", inputs));
    } else if (vertex instanceof LayerVertex layer) {
      String input = flattened(name, layer.getPreProcessor(), inputs.get(0));
      add(name, layer.getLayerConf().getLayer(), input);
    } else {
      throw unknown(name, vertex);
    }
  }

  private String flattened(String name, InputPreProcessor before, String input) {
    if (before == null) {
      return input;
    }
    if (!(before instanceof CnnToFeedForwardPreProcessor)) {
      throw unknown(name, before);
    }
    return node("Flatten", name + "-flat", List.of(input));
  }

  private void add(String name, Layer layer, String input) {
    if (layer instanceof Convolution convolution) {
      convolution(name, convolution, input);
    } else if (layer instanceof Normalization normalization) {
      normalization(name, normalization, input);
    } else if (layer instanceof Pooling pooling) {
      pooling(name, pooling, input);
    } else if (layer instanceof GlobalAveragePooling) {
      String mean = node("GlobalAveragePool", name + "-mean", List.of(input));
      node("Flatten", name, List.of(mean)); // [batch, channels, 1, 1] → [batch, channels]
    } else if (layer instanceof FeaturePooling) {
      featurePooling(name, input);
    } else if (layer instanceof FullyConnected fullyConnected) {
      boolean relu = fullyConnected.getActivationFn() instanceof ActivationReLU;
      String sums = fullyConnected(name, relu ? name + "-sum" : name, input);
      if (relu) {
        relu(name, sums);
      }
    } else if (layer instanceof OutputLayer output
        && output.getActivationFn() instanceof ActivationSoftmax) {
      node("Softmax", name, List.of(fullyConnected(name, LOGITS, input)), number("axis", 1));
    } else {
      throw unknown(name, layer);
    }
  }

  private void convolution(String name, Convolution layer, String input) {
    String module = dict.module(name);
    Stream<String> inputs = Stream.of(input, module + ".weight");
    node(
        "Conv",
        name,
        (layer.hasBias() ? Stream.concat(inputs, Stream.of(module + ".bias")) : inputs).toList(),
        numbers("kernel_shape", layer.getKernelSize()),
        numbers("strides", layer.getStride()),
        bothSides(layer.getPadding()),
        numbers("dilations", layer.getDilation()),
        number("group", layer.getGroups()));
  }

  private void normalization(String name, Normalization layer, String input) {
    String module = dict.module(name);
    String normalized =
        node(
            "BatchNormalization",
            layer.isRelu() ? name + "-normalized" : name,
            List.of(
                input,
                module + ".weight",
                module + ".bias",
                module + ".running_mean",
                module + ".running_var"),
            AttributeProto.newBuilder()
                .setName("epsilon")
                .setType(AttributeType.FLOAT)
                .setF((float) layer.getEps())
                .build());
    if (layer.isRelu()) {
      relu(name, normalized);
    }
  }

  private void pooling(String name, Pooling layer, String input) {
    AttributeProto kernel = numbers("kernel_shape", layer.getKernelSize());
    AttributeProto strides = numbers("strides", layer.getStride());
    AttributeProto padding = bothSides(layer.getPadding());
    if (layer.getPoolingType() == PoolingType.MAX) {
      node("MaxPool", name, List.of(input), kernel, strides, padding);
    } else if (layer.getPoolingType() == PoolingType.AVG) {
      AttributeProto zerosCount =
          number("count_include_pad", layer.isAvgPoolIncludePadInDivisor() ? 1 : 0);
      node("AveragePool", name, List.of(input), kernel, strides, padding, zerosCount);
    } else {
      throw unknown(name, layer);
    }
  }

  /** The mean of each three neighbours, as {@link FeaturePooling} says: rows as one channel. */
  private void featurePooling(String name, String input) {
    if (onnx.getInitializerCount() == 0) {
      onnx.addInitializer(
          TensorProto.newBuilder()
              .setName(CHANNELS)
              .setDataType(TensorProto.DataType.INT64)
              .addDims(1)
              .addInt64Data(1));
    }
    String rows = node("Unsqueeze", name + "-rows", List.of(input, CHANNELS)); // [batch, 1, n]
    String means =
        node(
            "AveragePool",
            name + "-means",
            List.of(rows),
            numbers("kernel_shape", 3),
            numbers("strides", 2),
            bothSides(1),
            number("count_include_pad", 1));
    node("Flatten", name, List.of(means)); // [batch, 1, n / 2] → [batch, n / 2]
  }

  /** Weights are [out, in]. */
  private String fullyConnected(String name, String output, String input) {
    String module = dict.module(name);
    List<String> inputs = List.of(input, module + ".weight", module + ".bias");
    return node("Gemm", output, inputs, number("transB", 1));
  }

  private void relu(String name, String input) {
    node("Relu", name, List.of(input));
  }

  /** Adds an operator, which is named as what it makes; returns that name. */
  private String node(
      String operator, String output, List<String> inputs, AttributeProto... attributes) {
    onnx.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes)));
    return output;
  }

  private static AttributeProto number(String name, int value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  private static AttributeProto numbers(String name, int... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(IntStream.of(values).asLongStream().boxed().toList())
        .build();
  }

  /** ONNX counts what is added before the first element of each dimension, then behind the last. */
  private static AttributeProto bothSides(int... padding) {
    return numbers(
        "pads", IntStream.concat(IntStream.of(padding), IntStream.of(padding)).toArray());
  }

  private static IllegalArgumentException unknown(String name, Object what) {
    return new IllegalArgumentException(
        "Cannot write %s as operators of ONNX: no layer of Kennel's networks is a %s"
            .formatted(name, what.getClass().getName()));
  }
}
