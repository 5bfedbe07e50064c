package dev.kennel.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.WireFormat;
import org.tensorflow.framework.Summary;

/**
 * A reader of TensorFlow's event files by the specification of their records, with a CRC that is
 * computed bit by bit; a record that is cut short or damaged fails the test.
 */
public final class EventFile {
  private static final int CASTAGNOLI = 0x82f63b78; // the polynomial, its bits reversed

  private EventFile() {}

  /** An event; a version or a summary is absent as an empty one. */
  public record Event(double wallTime, long step, String version, Summary summary) {}

  /** The files of a folder, in the order in which TensorBoard reads them. */
  public static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** The events of a file. */
  public static List<Event> read(Path file) throws IOException {
    return events(Files.readAllBytes(file));
  }

  /** What the files of a folder hold beside text, as {@code step name value}, in order. */
  public static List<String> scalars(Path folder) throws IOException {
    List<String> scalars = new ArrayList<>();
    for (Path file : in(folder)) {
      for (Event event : read(file)) {
        for (Summary.Value value : event.summary.getValueList()) {
          if (value.getValueCase() == Summary.Value.ValueCase.SIMPLE_VALUE) {
            scalars.add(
                String.format(
                    Locale.ROOT, "%d %s %s", event.step, value.getTag(), value.getSimpleValue()));
          }
        }
      }
    }
    return scalars;
  }

  static List<Event> events(byte[] bytes) throws IOException {
    List<Event> events = new ArrayList<>();
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (file.hasRemaining()) {
      byte[] length = next(file, 8);
      assertThat(file.getInt()).as("CRC of the length").isEqualTo(masked(length));
      byte[] data = next(file, ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt());
      assertThat(file.getInt()).as("CRC of the data").isEqualTo(masked(data));
      events.add(event(data));
    }
    return events;
  }

  private static Event event(byte[] data) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(data);
    double wallTime = 0;
    long step = 0;
    String version = "";
    Summary summary = Summary.getDefaultInstance();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> wallTime = in.readDouble();
        case 2 -> step = in.readInt64();
        case 3 -> version = in.readString();
        case 5 -> summary = Summary.parseFrom(in.readByteArray());
        default -> throw new AssertionError("a field that is not written: " + tag);
      }
    }
    return new Event(wallTime, step, version, summary);
  }

  private static byte[] next(ByteBuffer file, int length) {
    byte[] bytes = new byte[length];
    file.get(bytes);
    return bytes;
  }

  private static int masked(byte[] bytes) {
    int crc = -1;
    for (byte value : bytes) {
      crc ^= value & 255;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ CASTAGNOLI;
      }
    }
    crc = ~crc;
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }
}
