package dev.kennel.dataset;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;

/** Makes MATLAB files of level 5, element by element. */
public final class MatlabFile {
  static final int UINT8 = 2;
  static final int UINT16 = 4;
  static final int INT32 = 5;
  static final int UINT32 = 6;
  static final int DOUBLE = 9;
  static final int MATRIX = 14;
  static final int COMPRESSED = 15;
  static final int CELL = 1;
  static final int CHAR = 4;
  static final int NUMBERS = 6;

  private final ByteOrder order;

  MatlabFile(ByteOrder order) {
    this.order = order;
  }

  /** A file with one variable, {@code file_list}, as the lists of Stanford Dogs have it. */
  public static byte[] ofList(String... strings) throws IOException {
    MatlabFile file = new MatlabFile(ByteOrder.LITTLE_ENDIAN);
    return join(header("IM"), file.compressed(file.list(strings)));
  }

  byte[] list(String... strings) throws IOException {
    ByteArrayOutputStream cells = new ByteArrayOutputStream();
    for (String string : strings) {
      byte[] characters = string.getBytes(order == ByteOrder.LITTLE_ENDIAN ? UTF_16LE : UTF_16BE);
      cells.write(matrix(CHAR, 1, string.length(), "", element(UINT16, characters)));
    }
    return matrix(CELL, strings.length, 1, "file_list", cells.toByteArray());
  }

  byte[] matrix(int kind, int rows, int columns, String name, byte[] content) throws IOException {
    return element(
        MATRIX,
        join(
            element(UINT32, ints(kind, 0)),
            element(INT32, ints(rows, columns)),
            element(1, name.getBytes(ISO_8859_1)),
            content));
  }

  byte[] compressed(byte[] element) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(element);
    }
    return join(ints(COMPRESSED, bytes.size()), bytes.toByteArray());
  }

  /** Tag, data, and zeros up to a multiple of eight bytes. */
  byte[] element(int type, byte[] data) throws IOException {
    return join(ints(type, data.length), Arrays.copyOf(data, (data.length + 7) / 8 * 8));
  }

  byte[] ints(int first, int second) {
    return ByteBuffer.allocate(8).order(order).putInt(first).putInt(second).array();
  }

  static byte[] header(String order) throws IOException {
    byte[] text = Arrays.copyOf("MATLAB 5.0 MAT-file".getBytes(ISO_8859_1), 126);
    return join(text, order.getBytes(ISO_8859_1));
  }

  static byte[] join(byte[]... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.write(part);
    }
    return bytes.toByteArray();
  }
}
