package dev.kennel.tracking;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.nd4j.shade.protobuf.WireFormat;
import org.tensorflow.framework.DataType;
import org.tensorflow.framework.Summary;
import org.tensorflow.framework.SummaryMetadata;
import org.tensorflow.framework.TensorProto;
import org.tensorflow.framework.TensorShapeProto;

/**
 * TensorFlow's events ({@code tensorflow/core/util/event.proto}), encoded. ND4J brings the classes
 * of their summaries, not that of the event around one, whose fields are written here by number.
 */
final class Events {
  private static final int WALL_TIME = 1; // double, in seconds since 1970
  private static final int STEP = 2; // int64
  private static final int FILE_VERSION = 3; // string
  private static final int SUMMARY = 5; // Summary

  private Events() {}

  /** What a file of events begins with. */
  static byte[] version(long milliseconds) throws IOException {
    return event(milliseconds, 0, out -> out.writeString(FILE_VERSION, "brain.Event:2"));
  }

  /** All values of an epoch, whose number is the step. */
  static byte[] scalars(TrackedEpoch epoch) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    SortedMap<String, Double> values = new TreeMap<>(epoch.values());
    values.forEach(
        (name, value) ->
            summary.addValue(
                Summary.Value.newBuilder().setTag(name).setSimpleValue(value.floatValue())));
    return event(
        epoch.milliseconds(), epoch.epoch(), out -> out.writeMessage(SUMMARY, summary.build()));
  }

  /** Settings as a table in Markdown, which TensorBoard's text plugin draws. */
  static byte[] settings(long milliseconds, Map<String, String> settings) throws IOException {
    StringBuilder table = new StringBuilder("| setting | value |\n| --- | --- |\n");
    settings.forEach(
        (key, value) -> table.append("| %s | %s |\n".formatted(key, value.replace("|", "\\|"))));
    Summary.Value text =
        Summary.Value.newBuilder()
            .setTag("settings")
            .setMetadata(
                SummaryMetadata.newBuilder()
                    .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName("text")))
            .setTensor(
                TensorProto.newBuilder()
                    .setDtype(DataType.DT_STRING)
                    .setTensorShape(TensorShapeProto.getDefaultInstance()) // of one text
                    .addStringVal(ByteString.copyFromUtf8(table.toString())))
            .build();
    Summary summary = Summary.newBuilder().addValue(text).build();
    return event(milliseconds, 0, out -> out.writeMessage(SUMMARY, summary));
  }

  /** The epoch whose values an event holds; empty: it holds none. */
  static OptionalInt epoch(byte[] event) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(event);
    long step = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == STEP) {
        step = in.readInt64();
      } else {
        in.skipField(tag);
      }
    }
    return step > 0 ? OptionalInt.of((int) step) : OptionalInt.empty();
  }

  /** What an event holds beside time and step. */
  @FunctionalInterface
  private interface Content {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] event(long milliseconds, int step, Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeDouble(WALL_TIME, milliseconds / 1e3);
    if (step != 0) {
      out.writeInt64(STEP, step);
    }
    content.write(out);
    out.flush();
    return bytes.toByteArray();
  }
}
