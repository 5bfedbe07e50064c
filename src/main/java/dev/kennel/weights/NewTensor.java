package dev.kennel.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A tensor to be written to a file.
 *
 * @param name such as {@code layer1.0.conv1.weight}
 * @param shape lengths of its dimensions; none of a single number
 */
public record NewTensor(String name, ElementType type, List<Long> shape, Content content) {
  /** Floats of a piece: 1 MiB. */
  private static final int PIECE = 1 << 18;

  /** Writes the elements, the last index running fastest; the same each time that it is asked. */
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** Values, in the order in which the last index runs fastest. */
  public interface Floats {
    /** Puts the values from {@code at} on into what remains of a buffer. */
    void read(long at, FloatBuffer to);
  }

  public NewTensor {
    shape = List.copyOf(shape);
  }

  /** A tensor of 32-bit floats. */
  public static NewTensor floats(String name, List<Long> shape, Floats values) {
    long count = count(shape);
    return new NewTensor(name, ElementType.F32, shape, out -> write(count, values, out));
  }

  /** A single whole number, as PyTorch counts batches in. */
  public static NewTensor number(String name, long value) {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return new NewTensor(name, ElementType.I64, List.of(), out -> out.write(bytes));
  }

  private static void write(long count, Floats values, OutputStream out) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = 0; at < count; at += PIECE) {
      int now = (int) Math.min(PIECE, count - at);
      values.read(at, bytes.asFloatBuffer().limit(now));
      out.write(bytes.array(), 0, Float.BYTES * now);
    }
  }

  private static long count(List<Long> shape) {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }

  /** Elements. */
  long count() {
    return count(shape);
  }

  /** Bytes of all elements. */
  public long bytes() {
    return count() * type.bytes();
  }

  /** Writes all elements, the last index running fastest, each least significant byte first. */
  public void write(OutputStream out) throws IOException {
    content.write(out);
  }
}
