package dev.kennel.image;

import static dev.kennel.image.Pictures.exif;
import static dev.kennel.image.Pictures.jpeg;
import static dev.kennel.image.Pictures.progressiveJpeg;
import static dev.kennel.image.Pictures.rgb;
import static dev.kennel.image.Pictures.withExif;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReducedImageTest {
  private static final int SQUARE = 32;

  @ParameterizedTest(name = "a shorter side of {0} for squares of {1}: 1/{2}")
  @CsvSource({
    "448, 224, 1",
    "895, 224, 1",
    "896, 224, 2",
    "2000, 224, 4",
    "9000, 224, 8",
    "90000, 224, 8",
    "9000, 0, 1"
  })
  void aReducedImageHasAtLeastTwiceTheTargetsSide(int shorter, int target, int reduction) {
    assertThat(1 << FastJpeg.halvings(shorter, target)).isEqualTo(reduction);
  }

  @ParameterizedTest(name = "{0} x {1} pixels")
  @CsvSource({
    "64, 64", // in full
    "128, 128", // a half
    "128, 203",
    "130, 129",
    "191, 131",
    "256, 256", // a quarter
    "257, 383",
    "301, 259",
    "512, 512", // an eighth
    "513, 700",
    "521, 519"
  })
  void squaresStayWhereTheyAre(int width, int height) throws Exception {
    for (int orientation = 1; orientation <= 8; orientation++) {
      byte[] file = withExif(exif(orientation), jpeg(slopes(width, height), 2, 2));

      double difference = difference(ImageDecoder.decode(file), reduced(file));

      // One pixel further right, a square of 128 x 128 pixels differs by 255 / 128 in its reds.
      assertThat(difference).as("orientation %d", orientation).isLessThan(0.5);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "2, 2"})
  void anyChrominanceIsReduced(int wide, int high) throws Exception {
    byte[] file = jpeg(slopes(301, 259), wide, high);

    assertThat(difference(ImageDecoder.decode(file), reduced(file))).isLessThan(0.5);
  }

  @Test
  void progressiveOnesAreReduced() throws Exception {
    byte[] file = progressiveJpeg(slopes(301, 259));

    assertThat(difference(ImageDecoder.decode(file), reduced(file))).isLessThan(0.5);
  }

  @Test
  void widthAndHeightAreThoseOfTheWholeImage() throws Exception {
    RgbImage image = reduced(jpeg(slopes(521, 519), 2, 2));

    assertThat(image.width()).isEqualTo(521);
    assertThat(image.height()).isEqualTo(519);
    assertThat(image.sample(0, 520, 518)).isCloseTo(255, within(5));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void tinySquaresOfTinyImagesAreMade(int target) throws Exception {
    for (int width = 1; width < 40; width++) {
      byte[] file = jpeg(slopes(width, 23), 2, 2);
      DecodeOptions options = new DecodeOptions(1000, false, target);

      assertThat(ImageDecoder.decode(file, options).image().square(target))
          .hasSize(3 * target * target);
    }
  }

  @Test
  void aJpegThatWasCutIsRefusedAtReducedSizeToo() {
    byte[] file = jpeg(Pictures.noise(256), 2, 2);
    byte[] cut = Arrays.copyOf(file, file.length / 2);
    cut[cut.length - 2] = (byte) 0xff;
    cut[cut.length - 1] = (byte) 0xd9;

    assertThat(FastJpeg.decode(file, new DecodeOptions(65_536, false, 32))).isPresent();
    assertThat(FastJpeg.decode(cut, new DecodeOptions(65_536, false, 32))).isEmpty();
  }

  private static RgbImage reduced(byte[] file) throws Exception {
    return ImageDecoder.decode(file, new DecodeOptions(1_000_000, false, SQUARE)).image();
  }

  /** Of the samples of two squares, on average. */
  private static double difference(RgbImage one, RgbImage other) {
    byte[] square = one.square(SQUARE);
    byte[] same = other.square(SQUARE);
    return IntStream.range(0, square.length)
        .map(i -> Math.abs((square[i] & 0xff) - (same[i] & 0xff)))
        .average()
        .orElseThrow();
  }

  /** Red grows to the right and green downwards, from 0 to 255. */
  private static BufferedImage slopes(int width, int height) {
    int[][] rows = new int[height][width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        rows[y][x] = (255 * x / width) << 16 | (255 * y / height) << 8;
      }
    }
    return rgb(rows);
  }
}
