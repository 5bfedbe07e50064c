package dev.kennel.model;

import dev.kennel.weights.ElementType;
import dev.kennel.weights.NewTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.nd4j.shade.protobuf.UnknownFieldSet;
import org.nd4j.shade.protobuf.UnknownFieldSet.Field;
import org.nd4j.shade.protobuf.WireFormat;

/**
 * ONNX's message of a model ({@code onnx/onnx.proto}), written without being held: the parameters
 * go through in pieces. A message ends at 2 GiB, so those of a large network lie in a second file,
 * as ONNX's "external data".
 */
final class OnnxFile {
  /** Bytes of parameters above which they get a file of their own. */
  static final long LIMIT = 1L << 30;

  // fields that are written here by number; ND4J's classes are older than the last two
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int TENSOR_RAW_DATA = 9;
  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int TENSOR_DATA_LOCATION = 14;

  private static final int EXTERNAL = 1; // of TensorProto.DataLocation

  /** Where tensors begin in the second file, so that any system can map them to memory. */
  private static final int ALIGNMENT = 1 << 16; // bytes; smaller tensors stay in the first file

  private final ModelProto model;
  private final GraphProto graph;
  private final List<NewTensor> parameters;
  private final String dataName;
  private final Map<String, Long> offsets = new LinkedHashMap<>(); // of tensors in the second file

  /**
   * A file to be written.
   *
   * @param model all but its graph
   * @param graph all but its parameters
   * @param parameters the graph's, in their order
   * @param dataName the second file's name, in the same folder
   * @param limit bytes of parameters above which there is a second file
   */
  OnnxFile(
      ModelProto model, GraphProto graph, List<NewTensor> parameters, String dataName, long limit) {
    this.model = model;
    this.graph = graph;
    this.parameters = parameters;
    this.dataName = dataName;
    if (parameters.stream().mapToLong(NewTensor::bytes).sum() > limit) {
      long at = 0;
      for (NewTensor tensor : parameters) {
        if (tensor.bytes() >= ALIGNMENT) {
          offsets.put(tensor.name(), at);
          at = (at + tensor.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
      }
    }
  }

  /** Whether some parameters lie in a second file. */
  boolean hasData() {
    return !offsets.isEmpty();
  }

  /** Writes the first file; leaves the stream open. */
  void write(OutputStream out) throws IOException {
    byte[] rest = graph.toByteArray();
    long length = rest.length;
    for (NewTensor tensor : parameters) {
      long message = length(tensor);
      length += prefix(GRAPH_INITIALIZER, message) + message;
    }
    out.write(model.toByteArray());
    begin(MODEL_GRAPH, length, out);
    out.write(rest);
    for (NewTensor tensor : parameters) {
      begin(GRAPH_INITIALIZER, length(tensor), out);
      out.write(head(tensor));
      if (!offsets.containsKey(tensor.name())) {
        begin(TENSOR_RAW_DATA, tensor.bytes(), out);
        tensor.write(out);
      }
    }
  }

  /** Writes the second file; leaves the stream open. */
  void writeData(OutputStream out) throws IOException {
    long at = 0;
    for (NewTensor tensor : parameters) {
      if (offsets.containsKey(tensor.name())) {
        out.write(new byte[(int) (offsets.get(tensor.name()) - at)]);
        tensor.write(out);
        at = offsets.get(tensor.name()) + tensor.bytes();
      }
    }
  }

  /** Bytes of a tensor's message. */
  private long length(NewTensor tensor) {
    long head = head(tensor).length;
    return offsets.containsKey(tensor.name())
        ? head
        : head + prefix(TENSOR_RAW_DATA, tensor.bytes()) + tensor.bytes();
  }

  /** A tensor's message, without values that the first file holds. */
  private byte[] head(NewTensor tensor) {
    if (tensor.type() != ElementType.F32) {
      throw new IllegalArgumentException(
          "Cannot write %s to an ONNX file: it is of type %s, and parameters are of F32"
              .formatted(tensor.name(), tensor.type()));
    }
    TensorProto.Builder head =
        TensorProto.newBuilder()
            .setName(tensor.name())
            .setDataType(TensorProto.DataType.FLOAT)
            .addAllDims(tensor.shape());
    if (offsets.containsKey(tensor.name())) {
      Field.Builder place = Field.newBuilder();
      Map.of(
              "location", dataName,
              "offset", String.valueOf(offsets.get(tensor.name())),
              "length", String.valueOf(tensor.bytes()))
          .forEach((key, value) -> place.addLengthDelimited(entry(key, value).toByteString()));
      head.setUnknownFields(
          UnknownFieldSet.newBuilder()
              .addField(TENSOR_EXTERNAL_DATA, place.build())
              .addField(TENSOR_DATA_LOCATION, Field.newBuilder().addVarint(EXTERNAL).build())
              .build());
    }
    return head.build().toByteArray();
  }

  /** A pair of texts. */
  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** Bytes before a field of that many. */
  private static int prefix(int field, long length) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt64SizeNoTag(length);
  }

  private static void begin(int field, long length, OutputStream out) throws IOException {
    CodedOutputStream coded = CodedOutputStream.newInstance(out, prefix(field, length));
    coded.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    coded.writeUInt64NoTag(length);
    coded.flush();
  }
}
