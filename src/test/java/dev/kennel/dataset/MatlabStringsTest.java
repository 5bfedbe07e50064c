package dev.kennel.dataset;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatlabStringsTest {
  private static final int UINT8 = 2;
  private static final int UINT16 = 4;
  private static final int INT32 = 5;
  private static final int UINT32 = 6;
  private static final int DOUBLE = 9;
  private static final int MATRIX = 14;
  private static final int COMPRESSED = 15;
  private static final int CELL = 1;
  private static final int CHAR = 4;
  private static final int NUMBERS = 6;

  @TempDir Path folder;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  @Test
  void aListAsMatlabWritesItIsRead() throws IOException {
    byte[] file = join(header("IM"), labels(), list("n02110958-pug/1.jpg", "pug/2.jpg", ""));

    assertThat(read(file)).containsExactly("n02110958-pug/1.jpg", "pug/2.jpg", "");
  }

  @Test
  void compressedVariablesAreRead() throws IOException {
    byte[] file =
        join(header("IM"), compressed(labels()), compressed(list("pug/1.jpg", "pug/2.jpg")));

    assertThat(read(file)).containsExactly("pug/1.jpg", "pug/2.jpg");
  }

  @Test
  void aFileOfAMachineWithTheOtherByteOrderIsRead() throws IOException {
    order = ByteOrder.BIG_ENDIAN;

    assertThat(read(join(header("MI"), list("pug/1.jpg", "\u00e9"))))
        .containsExactly("pug/1.jpg", "\u00e9");
  }

  @Test
  void upToFourBytesStandInTheTag() throws IOException {
    byte[] small =
        ByteBuffer.allocate(8)
            .order(order)
            .putShort((short) UINT8)
            .putShort((short) 3)
            .put("pug".getBytes(ISO_8859_1))
            .array();
    byte[] cell = matrix(CHAR, 1, 3, "", small);

    assertThat(read(join(header("IM"), matrix(CELL, 1, 1, "file_list", cell))))
        .containsExactly("pug");
  }

  @Test
  void aListThatScipyWroteIsRead() throws IOException {
    // scipy.io.savemat of labels and file_list, with do_compression=True, after the header
    byte[] variables =
        Base64.getDecoder()
            .decode(
                "DwAAADMAAAB4nONjYGAIAGI2IOaA0iDACuUzAzEjFIPkchKTUnOKGRg4gWwJBhj4YA9lOMBoAKGQ"
                    + "BM4PAAAAfAAAAHic42NgYJBgZGBgA9IcQAxkggErlM8MFQNhTiBOy8xJjc/JLC6BquMD4ggGhH4W"
                    + "NP0gfWpI5gpA+XkGRgYWpmZGBrrOGZkZpYlApA8Xize1NDLXyypIh5jvQMB8TjTzQfyC0nR9Q4gR"
                    + "cHcaEDCHEcUcJobDKxkYANOoFRU=");

    assertThat(read(join(header("IM"), variables)))
        .containsExactly("n02085620-Chihuahua/n02085620_5927.jpg", "pug/1.jpg", "\u00e9");
  }

  @Test
  void aVariableThatIsNotThereIsAnErrorThatNamesTheOthers() throws IOException {
    assertError(join(header("IM"), labels()), "it is not there, only labels");
  }

  @Test
  void numbersAreNoStrings() throws IOException {
    assertError(
        join(header("IM"), matrix(NUMBERS, 1, 1, "file_list", element(DOUBLE, new byte[8]))),
        "it is no cell array");
    byte[] number = matrix(NUMBERS, 1, 1, "", element(DOUBLE, new byte[8]));
    assertError(join(header("IM"), matrix(CELL, 1, 1, "file_list", number)), "cell 1 is no string");
  }

  @Test
  void aListWithFewerCellsThanItSaysIsAnError() throws IOException {
    byte[] cell = matrix(CHAR, 1, 1, "", element(UINT8, new byte[] {'a'}));
    assertError(
        join(header("IM"), matrix(CELL, 3, 1, "file_list", join(cell, cell))),
        "it has 2 of its 3 cells");
  }

  @ParameterizedTest
  @ValueSource(ints = {136, 150, 200, 300})
  void aFileThatWasCutShortIsAnError(int length) throws IOException {
    byte[] file = join(header("IM"), list("n02110958-pug/1.jpg", "pug/2.jpg"));

    assertError(Arrays.copyOf(file, length), "the file ends too early, or is damaged");
  }

  @Test
  void aFileOfAnotherFormatIsAnError() throws IOException {
    assertError(
        "pug/1.jpg\npug/2.jpg\n".getBytes(ISO_8859_1), "the file is no MATLAB file of level 5");
    Path none = folder.resolve("none.mat");
    assertThatThrownBy(() -> MatlabStrings.read(none, "file_list"))
        .hasMessage("Cannot read " + none + ": there is no such file");
  }

  private void assertError(byte[] file, String why) throws IOException {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(IOException.class)
        .hasMessage("Cannot read file_list from " + folder.resolve("list.mat") + ": " + why);
  }

  private List<String> read(byte[] file) throws IOException {
    return MatlabStrings.read(Files.write(folder.resolve("list.mat"), file), "file_list");
  }

  private byte[] labels() throws IOException {
    return matrix(NUMBERS, 1, 1, "labels", element(DOUBLE, new byte[8]));
  }

  private byte[] list(String... strings) throws IOException {
    ByteArrayOutputStream cells = new ByteArrayOutputStream();
    for (String string : strings) {
      byte[] characters = string.getBytes(order == ByteOrder.LITTLE_ENDIAN ? UTF_16LE : UTF_16BE);
      cells.write(matrix(CHAR, 1, string.length(), "", element(UINT16, characters)));
    }
    return matrix(CELL, strings.length, 1, "file_list", cells.toByteArray());
  }

  private byte[] matrix(int kind, int rows, int columns, String name, byte[] content)
      throws IOException {
    return element(
        MATRIX,
        join(
            element(UINT32, ints(kind, 0)),
            element(INT32, ints(rows, columns)),
            element(1, name.getBytes(ISO_8859_1)),
            content));
  }

  private byte[] compressed(byte[] element) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(element);
    }
    return join(ints(COMPRESSED, bytes.size()), bytes.toByteArray());
  }

  /** Tag, data, and zeros up to a multiple of eight bytes. */
  private byte[] element(int type, byte[] data) throws IOException {
    return join(ints(type, data.length), Arrays.copyOf(data, (data.length + 7) / 8 * 8));
  }

  private byte[] ints(int first, int second) {
    return ByteBuffer.allocate(8).order(order).putInt(first).putInt(second).array();
  }

  private static byte[] header(String order) throws IOException {
    byte[] text = Arrays.copyOf("MATLAB 5.0 MAT-file".getBytes(ISO_8859_1), 126);
    return join(text, order.getBytes(ISO_8859_1));
  }

  private static byte[] join(byte[]... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.write(part);
    }
    return bytes.toByteArray();
  }
}
