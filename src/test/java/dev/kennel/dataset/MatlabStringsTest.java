package dev.kennel.dataset;

import static dev.kennel.dataset.MatlabFile.CELL;
import static dev.kennel.dataset.MatlabFile.CHAR;
import static dev.kennel.dataset.MatlabFile.DOUBLE;
import static dev.kennel.dataset.MatlabFile.NUMBERS;
import static dev.kennel.dataset.MatlabFile.UINT8;
import static dev.kennel.dataset.MatlabFile.header;
import static dev.kennel.dataset.MatlabFile.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatlabStringsTest {

  @TempDir Path folder;
  private final MatlabFile matlab = new MatlabFile(ByteOrder.LITTLE_ENDIAN);

  @Test
  void aListAsMatlabWritesItIsRead() throws IOException {
    byte[] file = join(header("IM"), labels(), matlab.list("n02110958-pug/1.jpg", "pug/2.jpg", ""));

    assertThat(read(file)).containsExactly("n02110958-pug/1.jpg", "pug/2.jpg", "");
  }

  @Test
  void compressedVariablesAreRead() throws IOException {
    byte[] file =
        join(
            header("IM"),
            matlab.compressed(labels()),
            matlab.compressed(matlab.list("pug/1.jpg", "pug/2.jpg")));

    assertThat(read(file)).containsExactly("pug/1.jpg", "pug/2.jpg");
  }

  @Test
  void aFileOfAMachineWithTheOtherByteOrderIsRead() throws IOException {
    MatlabFile other = new MatlabFile(ByteOrder.BIG_ENDIAN);

    assertThat(read(join(header("MI"), other.list("pug/1.jpg", "\u00e9"))))
        .containsExactly("pug/1.jpg", "\u00e9");
  }

  @Test
  void upToFourBytesStandInTheTag() throws IOException {
    byte[] small =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) UINT8)
            .putShort((short) 3)
            .put("pug".getBytes(ISO_8859_1))
            .array();
    byte[] cell = matlab.matrix(CHAR, 1, 3, "", small);

    assertThat(read(join(header("IM"), matlab.matrix(CELL, 1, 1, "file_list", cell))))
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
        join(
            header("IM"),
            matlab.matrix(NUMBERS, 1, 1, "file_list", matlab.element(DOUBLE, new byte[8]))),
        "it is no cell array");
    byte[] number = matlab.matrix(NUMBERS, 1, 1, "", matlab.element(DOUBLE, new byte[8]));
    assertError(
        join(header("IM"), matlab.matrix(CELL, 1, 1, "file_list", number)), "cell 1 is no string");
  }

  @Test
  void aListWithFewerCellsThanItSaysIsAnError() throws IOException {
    byte[] cell = matlab.matrix(CHAR, 1, 1, "", matlab.element(UINT8, new byte[] {'a'}));
    assertError(
        join(header("IM"), matlab.matrix(CELL, 3, 1, "file_list", join(cell, cell))),
        "it has 2 of its 3 cells");
  }

  @ParameterizedTest
  @ValueSource(ints = {136, 150, 200, 300})
  void aFileThatWasCutShortIsAnError(int length) throws IOException {
    byte[] file = join(header("IM"), matlab.list("n02110958-pug/1.jpg", "pug/2.jpg"));

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
    return matlab.matrix(NUMBERS, 1, 1, "labels", matlab.element(DOUBLE, new byte[8]));
  }
}
