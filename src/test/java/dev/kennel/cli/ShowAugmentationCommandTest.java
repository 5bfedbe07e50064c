package dev.kennel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.ColouredImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShowAugmentationCommandTest {
  private static final int CELL = 96;
  private static final int STEP = CELL + 4;

  @TempDir private Path folder;

  @BeforeEach
  void threeClasses() throws IOException {
    ColouredImages.write(folder.resolve("images"), 2, CELL);
  }

  @Test
  void aRowIsAnImageAsItIsAndThenAsTheEpochsSeeIt() throws IOException {
    String said = run("--count", "3", "--variants", "2");

    BufferedImage sheet = sheet();
    assertThat(said).contains("3 images of 96 pixels", "epochs 1 to 2", "red/000.png");
    assertThat(sheet.getWidth()).isEqualTo(4 + 3 * STEP);
    assertThat(sheet.getHeight()).isEqualTo(4 + 3 * STEP);
    BufferedImage first = ImageIO.read(folder.resolve("images/blue/000.png").toFile());
    assertThat(Arrays.equals(cell(sheet, 0, 0), pixels(first, 0, 0))).isTrue();
    assertThat(Arrays.equals(cell(sheet, 0, 1), cell(sheet, 0, 0))).isFalse();
    assertThat(Arrays.equals(cell(sheet, 0, 2), cell(sheet, 0, 1))).isFalse();
  }

  @Test
  void withoutVariationEveryColumnIsTheImage() throws IOException {
    run("--variants", "2", "--set", "augmentation.flip=false", "--set", "augmentation.shift=0");

    BufferedImage sheet = sheet();
    assertThat(Arrays.equals(cell(sheet, 1, 1), cell(sheet, 1, 0))).isTrue();
    assertThat(Arrays.equals(cell(sheet, 1, 2), cell(sheet, 1, 0))).isTrue();
  }

  @Test
  void theSameSeedDrawsTheSameSheetAndAnotherDoesNot() throws IOException {
    run("--seed", "7");
    BufferedImage first = sheet();
    run("--seed", "7");
    BufferedImage again = sheet();
    run("--seed", "8");

    assertThat(Arrays.equals(cell(again, 0, 1), cell(first, 0, 1))).isTrue();
    assertThat(Arrays.equals(cell(sheet(), 0, 1), cell(first, 0, 1))).isFalse();
  }

  @Test
  void theLastColumnIsABatchMixed() throws IOException {
    String said = run("--count", "3", "--variants", "1", "--set", "augmentation.mixup-alpha=1");

    assertThat(said).contains("mixed with the one above");
    assertThat(sheet().getWidth()).isEqualTo(4 + 3 * STEP);
    assertThat(Arrays.equals(cell(sheet(), 0, 2), cell(sheet(), 0, 1))).isFalse();
  }

  private String run(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "show-augmentation",
                "--images=" + folder.resolve("images"),
                "--image-size=" + CELL,
                "--output=" + folder.resolve("sheet.png")));
    arguments.addAll(List.of(options));
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertThat(CommandLineInterface.run(arguments.toArray(String[]::new))).isZero();
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private BufferedImage sheet() throws IOException {
    return ImageIO.read(folder.resolve("sheet.png").toFile());
  }

  private static int[] cell(BufferedImage sheet, int row, int column) {
    return pixels(sheet, 4 + column * STEP, 4 + row * STEP);
  }

  private static int[] pixels(BufferedImage image, int left, int top) {
    return image.getRGB(left, top, CELL, CELL, null, 0, CELL);
  }
}
