package dev.kennel.dataset;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.InflaterInputStream;

/**
 * Reads a cell array of strings from a MATLAB file of level 5, such as {@code file_list} in the
 * lists of Stanford Dogs. The format is described in "MAT-File Format" by The MathWorks, chapter 1.
 *
 * <p>Needs nothing but the JDK, so that a script can run this file as it is.
 */
final class MatlabStrings {
  private static final int HEADER = 128; // bytes
  private static final int MOST_INFLATED = 64 << 20; // bytes; the largest list needs 4 MB

  // Types of elements.
  private static final int INT8 = 1;
  private static final int UINT8 = 2;
  private static final int UINT16 = 4;
  private static final int MATRIX = 14;
  private static final int COMPRESSED = 15;
  private static final int UTF8 = 16;
  private static final int UTF16 = 17;

  // Classes of matrices.
  private static final int CELL = 1;
  private static final int CHAR = 4;

  private record Element(int type, ByteBuffer data) {}

  private record Matrix(int kind, long size, String name, ByteBuffer data) {}

  private MatlabStrings() {}

  /** Prints the strings of a file's variable, one a line. */
  public static void main(String[] arguments) {
    try {
      String text = String.join("\n", read(Path.of(arguments[0]), arguments[1]));
      System.out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
      System.out.flush();
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /**
   * The strings of a variable, by columns.
   *
   * @throws IOException if the file is not of that format, or the variable no cells of strings
   */
  static List<String> read(Path file, String variable) throws IOException {
    try {
      return strings(find(Files.readAllBytes(file), variable));
    } catch (NoSuchFileException e) {
      throw new IOException("Cannot read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new IOException("Cannot read " + variable + " from " + file + ": " + e.getMessage(), e);
    }
  }

  private static Matrix find(byte[] file, String variable) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(file).order(order(file)).position(HEADER);
    List<String> others = new ArrayList<>();
    while (in.hasRemaining()) {
      Element element = element(in);
      if (element.type == COMPRESSED) {
        element = element(inflate(element.data));
      }
      if (element.type == MATRIX) {
        Matrix matrix = matrix(element.data);
        if (matrix.name.equals(variable)) {
          return matrix;
        }
        others.add(matrix.name);
      }
    }
    throw new IOException("it is not there, only " + String.join(", ", others));
  }

  private static ByteOrder order(byte[] file) throws IOException {
    String mark = file.length < HEADER ? "" : new String(file, 126, 2, StandardCharsets.US_ASCII);
    return switch (mark) { // MI as a number of two bytes
      case "IM" -> ByteOrder.LITTLE_ENDIAN;
      case "MI" -> ByteOrder.BIG_ENDIAN;
      default -> throw new IOException("the file is no MATLAB file of level 5");
    };
  }

  private static List<String> strings(Matrix cells) throws IOException {
    if (cells.kind != CELL) {
      throw new IOException("it is no cell array");
    }
    List<String> strings = new ArrayList<>();
    while (cells.data.hasRemaining()) {
      Element cell = element(cells.data);
      if (cell.type != MATRIX) {
        throw new IOException("cell " + (strings.size() + 1) + " is no matrix");
      }
      Matrix text = matrix(cell.data);
      if (text.kind != CHAR) {
        throw new IOException("cell " + (strings.size() + 1) + " is no string");
      }
      strings.add(string(text, strings.size() + 1));
    }
    if (strings.size() != cells.size) {
      throw new IOException("it has " + strings.size() + " of its " + cells.size + " cells");
    }
    return strings;
  }

  private static String string(Matrix text, int cell) throws IOException {
    Element characters = element(text.data);
    boolean isLittle = characters.data.order() == ByteOrder.LITTLE_ENDIAN;
    Charset charset =
        switch (characters.type) {
          case INT8, UINT8 -> StandardCharsets.ISO_8859_1;
          case UTF8 -> StandardCharsets.UTF_8;
          case UINT16, UTF16 -> isLittle ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
          default -> throw new IOException("cell " + cell + " has characters of an unknown type");
        };
    return charset.decode(characters.data).toString();
  }

  /** Flags, dimensions and name stand before what a matrix holds. */
  private static Matrix matrix(ByteBuffer in) throws IOException {
    ByteBuffer flags = element(in).data;
    ByteBuffer dimensions = element(in).data;
    String name = StandardCharsets.ISO_8859_1.decode(element(in).data).toString();
    if (flags.remaining() < Integer.BYTES) {
      throw new IOException("a matrix has no flags");
    }
    long size = 1;
    while (dimensions.remaining() >= Integer.BYTES) {
      size *= dimensions.getInt();
    }
    return new Matrix(flags.getInt() & 0xff, size, name, in);
  }

  /** The next element: a tag of type and length, then the data, up to four bytes in the tag. */
  private static Element element(ByteBuffer in) throws IOException {
    int tag = take(in, Integer.BYTES).getInt();
    if (tag >>> 16 != 0) {
      ByteBuffer data = take(in, Integer.BYTES);
      return new Element(tag & 0xffff, take(data, tag >>> 16));
    }
    int length = take(in, Integer.BYTES).getInt();
    ByteBuffer data = take(in, length);
    if (tag != COMPRESSED) { // others are padded to eight bytes
      in.position(Math.min(in.limit(), in.position() + Math.floorMod(-length, Long.BYTES)));
    }
    return new Element(tag, data);
  }

  private static ByteBuffer take(ByteBuffer in, int length) throws IOException {
    if (length < 0 || length > in.remaining()) {
      throw new IOException("the file ends too early, or is damaged");
    }
    ByteBuffer taken = in.slice(in.position(), length).order(in.order());
    in.position(in.position() + length);
    return taken;
  }

  private static ByteBuffer inflate(ByteBuffer data) throws IOException {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      byte[] inflated = in.readNBytes(MOST_INFLATED);
      if (in.read() != -1) {
        throw new IOException("it is larger than " + MOST_INFLATED + " bytes");
      }
      return ByteBuffer.wrap(inflated).order(data.order());
    }
  }
}
