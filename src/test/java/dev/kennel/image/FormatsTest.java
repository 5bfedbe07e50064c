package dev.kennel.image;

import static dev.kennel.image.Pictures.exif;
import static dev.kennel.image.Pictures.file;
import static dev.kennel.image.Pictures.jpeg;
import static dev.kennel.image.Pictures.progressiveJpeg;
import static dev.kennel.image.Pictures.resource;
import static dev.kennel.image.Pictures.withExif;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same picture in all formats gives the same square. It is that of {@code make_pictures.py}: 64
 * x 48 pixels in patches of 16 x 16, so that a GIF's palette and a JPEG's blocks can hold it.
 */
class FormatsTest {
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;
  private static final int PATCH = 16;
  private static final int SIZE = 24;

  private static final int[] COLOURS = {
    0xc86432, 0x14283c, 0xfafafa, 0x0ac81e, // 200 100 50, 20 40 60, 250 250 250, 10 200 30
    0x5a5a5a, 0xf0dc14, 0x1e1eb4, 0x780a82,
    0x000000, 0x3ca0a0, 0xff8080, 0xaab43c
  };

  @ParameterizedTest
  @ValueSource(strings = {"png", "gif", "bmp", "tif"})
  void losslessFormatsGiveTheVerySame(String format) throws Exception {
    assertThat(difference(file(format, picture()))).isZero();
  }

  @Test
  void sixteenBitsAndAlphaGiveTheVerySame() throws Exception {
    BufferedImage alpha = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_ARGB);
    alpha.createGraphics().drawImage(picture(), 0, 0, null);

    assertThat(difference(file("png", sixteenBits()))).isZero();
    assertThat(difference(file("png", alpha))).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lossless.webp", "cmyk.tif"})
  void losslessFormatsOfOtherProgramsGiveTheVerySame(String file) throws Exception {
    assertThat(difference(resource(file))).isZero();
  }

  @Test
  void jpegsComeClose() throws Exception {
    assertThat(difference(jpeg(picture(), 1, 1))).isLessThan(2);
    assertThat(difference(jpeg(picture(), 2, 1))).isLessThan(4);
    assertThat(difference(jpeg(picture(), 2, 2))).isLessThan(4);
    assertThat(difference(progressiveJpeg(picture()))).isLessThan(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lossy.webp", "cmyk.jpg", "jpeg.tif"})
  void lossyFormatsOfOtherProgramsComeClose(String file) throws Exception {
    assertThat(difference(resource(file))).isLessThan(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyTurnOfACameraGivesTheSame(int orientation) throws Exception {
    byte[] upright = jpeg(picture(), 1, 1);
    byte[] turned = withExif(exif(orientation), jpeg(stored(orientation), 1, 1));

    assertThat(difference(ImageDecoder.decode(turned), ImageDecoder.decode(upright)))
        .isLessThan(0.1);
  }

  @Test
  void allFilesThatAreMutatedAreSoundBefore() {
    for (byte[] file : Pictures.ofAllFormats()) {
      assertThatCode(() -> ImageDecoder.decode(file)).doesNotThrowAnyException();
    }
  }

  /** Of a file's square from the picture's, on average over the samples. */
  private static double difference(byte[] file) throws Exception {
    byte[] samples = new byte[3 * WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      int colour = colour(i % WIDTH, i / WIDTH);
      samples[3 * i] = (byte) colour;
      samples[3 * i + 1] = (byte) (colour >> 8);
      samples[3 * i + 2] = (byte) (colour >> 16);
    }
    return difference(ImageDecoder.decode(file), new RgbImage(WIDTH, HEIGHT, samples));
  }

  private static double difference(RgbImage one, RgbImage other) {
    byte[] square = one.square(SIZE);
    byte[] same = other.square(SIZE);
    return IntStream.range(0, square.length)
        .map(i -> Math.abs((square[i] & 0xff) - (same[i] & 0xff)))
        .average()
        .orElseThrow();
  }

  private static int colour(int x, int y) {
    return COLOURS[y / PATCH * 4 + x / PATCH];
  }

  private static BufferedImage picture() {
    return turned(false, FormatsTest::colour);
  }

  private static BufferedImage sixteenBits() {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_USHORT);
    WritableRaster raster = model.createCompatibleWritableRaster(WIDTH, HEIGHT);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int colour = colour(x, y);
        int[] bytes = {colour >> 16, colour >> 8 & 0xff, colour & 0xff};
        raster.setPixel(x, y, Arrays.stream(bytes).map(sample -> sample << 8).toArray());
      }
    }
    return new BufferedImage(model, raster, false, null);
  }

  /** The picture as a camera stores it that was held in a way. */
  private static BufferedImage stored(int orientation) {
    int right = WIDTH - 1;
    int bottom = HEIGHT - 1;
    return switch (orientation) {
      case 2 -> turned(false, (x, y) -> colour(right - x, y));
      case 3 -> turned(false, (x, y) -> colour(right - x, bottom - y));
      case 4 -> turned(false, (x, y) -> colour(x, bottom - y));
      case 5 -> turned(true, (x, y) -> colour(y, x));
      case 6 -> turned(true, (x, y) -> colour(right - y, x));
      case 7 -> turned(true, (x, y) -> colour(right - y, bottom - x));
      case 8 -> turned(true, (x, y) -> colour(y, bottom - x));
      default -> picture();
    };
  }

  private static BufferedImage turned(boolean isOnItsSide, IntBinaryOperator colour) {
    int width = isOnItsSide ? HEIGHT : WIDTH;
    BufferedImage image =
        new BufferedImage(width, WIDTH + HEIGHT - width, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colour.applyAsInt(x, y));
      }
    }
    return image;
  }
}
