package dev.kennel.image;

import static dev.kennel.image.DecodeOptions.DEFAULT;
import static dev.kennel.image.Pictures.file;
import static dev.kennel.image.Pictures.jpeg;
import static dev.kennel.image.Pictures.waves;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.image.YccPixels.Plane;
import dev.kennel.image.YccPixels.Sampling;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FastJpegTest {
  @ParameterizedTest(name = "chrominance {0} x {1} times coarser, {2} x {3} pixels")
  @CsvSource({
    "1, 1, 64, 48",
    "2, 1, 64, 48",
    "2, 2, 64, 48", // whole blocks
    "1, 1, 37, 29",
    "2, 1, 37, 29",
    "2, 2, 37, 29", // the last column and row have no partner
    "2, 2, 38, 1",
    "2, 2, 5, 38",
    "2, 1, 5, 9",
    "1, 1, 1, 1"
  })
  void pixelsAreThoseOfJavasDecoder(int wide, int high, int width, int height) throws Exception {
    byte[] jpeg = jpeg(waves(width, height), wide, high);
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(jpeg));

    RgbImage image = FastJpeg.decode(jpeg, DEFAULT).orElseThrow();

    assertThat(image.width()).isEqualTo(width);
    assertThat(image.height()).isEqualTo(height);
    long differences = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int sample = expected.getRGB(x, y) >> (16 - 8 * channel) & 0xff;
          assertThat(image.sample(channel, x, y)).as("%d, %d", x, y).isCloseTo(sample, within(4));
          differences += Math.abs(image.sample(channel, x, y) - sample);
        }
      }
    }
    assertThat(differences / (3.0 * width * height)).isLessThan(0.75);
  }

  @Test
  void greyAndRareFormsAreLeftToJava() throws Exception {
    BufferedImage grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);

    assertThat(FastJpeg.decode(file("jpg", grey), DEFAULT)).isEmpty();
    assertThat(FastJpeg.decode(jpeg(waves(64, 64), 4, 1), DEFAULT)).isEmpty();
    assertThat(FastJpeg.decode(jpeg(waves(4, 64), 2, 2), DEFAULT)).isEmpty(); // not smoothed
    assertThat(FastJpeg.decode(jpeg(waves(64, 64), 1, 2), DEFAULT)).isEmpty();
  }

  @Test
  void morePixelsThanTheLimitAreLeftToJava() throws Exception {
    byte[] jpeg = jpeg(waves(64, 48), 2, 2);

    assertThat(FastJpeg.decode(jpeg, new DecodeOptions(64 * 48, false, 0))).isPresent();
    assertThat(FastJpeg.decode(jpeg, new DecodeOptions(64 * 48 - 1, false, 0))).isEmpty();
  }

  @Test
  void aJpegThatWasCutBeforeItsLastBlockIsLeftToJavaThoughItHasAnEndMarker() throws Exception {
    byte[] jpeg = jpeg(waves(64, 64), 2, 2);

    List<Integer> taken = new ArrayList<>();
    for (int length = 2; length < jpeg.length - 3; length++) {
      byte[] cut = Arrays.copyOf(jpeg, length + 2);
      assertThat(FastJpeg.decode(Arrays.copyOf(jpeg, length), DEFAULT)).isEmpty();
      cut[length] = (byte) 0xff;
      cut[length + 1] = (byte) 0xd9;
      if (FastJpeg.decode(cut, DEFAULT).isPresent()) {
        taken.add(length);
      }
    }
    // Nothing is read behind the last of the 16 blocks that would show that bits of it were
    // missing.
    assertThat(taken).allSatisfy(length -> assertThat(length).isGreaterThan(jpeg.length - 60));
  }

  @Test
  void aFaultyFileLeavesNothingBehindForTheNext() throws Exception {
    byte[] jpeg = jpeg(waves(64, 64), 2, 2);
    RgbImage before = FastJpeg.decode(jpeg, DEFAULT).orElseThrow();
    byte[] faulty = jpeg.clone();
    Arrays.fill(faulty, jpeg.length / 2, jpeg.length / 2 + 40, (byte) 0xff);

    assertThat(FastJpeg.decode(faulty, DEFAULT)).isEmpty();

    RgbImage after = FastJpeg.decode(jpeg, DEFAULT).orElseThrow();
    assertThat(after.square(64)).isEqualTo(before.square(64));
  }

  @Test
  void luminanceAndChrominanceBecomeColours() {
    // Red is 0.299 * 255 = 76 bright; cb (0 - 76) * 0.564 + 128 = 85; cr (255 - 76) * 0.713 + 128.
    assertThat(pixel(76, 85, 255)).containsExactly(254, 0, 0);
    assertThat(pixel(50, 128, 128)).containsExactly(50, 50, 50);
    assertThat(pixel(255, 0, 0)).containsExactly(76, 255, 28); // green would be 390
  }

  @Test
  void coarseChrominanceIsWeighedThreeToOne() {
    // 128 and 228 become 128, (3 * 128 + 228 + 2) / 4, (3 * 228 + 128 + 1) / 4 and 228.
    Plane light = new Plane(new byte[4], 4);
    Plane cb = new Plane(new byte[] {(byte) 128, (byte) 128}, 2);
    Plane cr = new Plane(new byte[] {(byte) 128, (byte) 228}, 2);
    YccPixels row = new YccPixels(4, 1, Sampling.HALF_AS_WIDE, light, cb, cr);
    RgbImage image = new RgbImage(Side.inFull(4), Side.inFull(1), row);

    int[] reds = {image.sample(0, 0, 0), image.sample(0, 1, 0), image.sample(0, 2, 0)};

    assertThat(reds).containsExactly(0, (int) Math.round(1.402 * 25), (int) Math.round(1.402 * 75));
    assertThat(image.sample(0, 3, 0)).isEqualTo((int) Math.round(1.402 * 100));
  }

  private static int[] pixel(int y, int cb, int cr) {
    Plane[] planes =
        Arrays.stream(new int[] {y, cb, cr})
            .mapToObj(sample -> new Plane(new byte[] {(byte) sample, 0}, 2))
            .toArray(Plane[]::new);
    YccPixels one = new YccPixels(1, 1, Sampling.NOT_COARSER, planes[0], planes[1], planes[2]);
    RgbImage image = new RgbImage(Side.inFull(1), Side.inFull(1), one);
    return new int[] {image.sample(0, 0, 0), image.sample(1, 0, 0), image.sample(2, 0, 0)};
  }
}
