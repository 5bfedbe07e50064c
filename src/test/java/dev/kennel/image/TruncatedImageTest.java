package dev.kennel.image;

import static dev.kennel.image.Pictures.file;
import static dev.kennel.image.Pictures.firstHalf;
import static dev.kennel.image.Pictures.noise;
import static dev.kennel.image.Pictures.pixel;
import static dev.kennel.image.Pictures.progressiveJpeg;
import static dev.kennel.image.Pictures.waves;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.image.UnreadableImageException.Reason;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TruncatedImageTest {
  private static final DecodeOptions ANYTHING = new DecodeOptions(1_000_000, true, 0);
  private static final int GREY = 0x808080;

  @Test
  void ofAJpegThatWasCutItsFirstRowsAreTakenAndTheRestIsGrey() throws Exception {
    byte[] jpeg = file("jpg", noise(512));
    RgbImage whole = ImageDecoder.decode(jpeg);

    DecodedImage half = ImageDecoder.decode(firstHalf(jpeg), ANYTHING);

    assertThat(half.truncation().orElseThrow())
        .matches("JPEG ends after " + jpeg.length / 2 + " bytes, (4\\d|50) % of its rows decoded");
    assertThat(half.image().height()).isEqualTo(512);
    for (int x = 0; x < 512; x++) {
      assertThat(half.image().sample(1, x, 100)).isCloseTo(whole.sample(1, x, 100), within(12));
      assertThat(pixel(half.image(), x, 400)).isEqualTo(GREY);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "tif"})
  void ofOtherFormatsTheFirstRowsAreTakenAndTheRestIsOneColour(String format) throws Exception {
    byte[] file = file(format, noise(256));
    RgbImage whole = ImageDecoder.decode(file);

    DecodedImage half = ImageDecoder.decode(firstHalf(file), ANYTHING);

    assertThat(half.truncation().orElseThrow()).endsWith(" % of its rows decoded");
    int rest = pixel(half.image(), 0, 255);
    for (int x = 0; x < 256; x++) {
      assertThat(pixel(half.image(), x, 100)).isEqualTo(pixel(whole, x, 100));
      assertThat(pixel(half.image(), x, 200)).isEqualTo(rest);
    }
  }

  @Test
  void ofAPngWithAPaletteTheFirstRowsAreTakenToo() throws Exception {
    BufferedImage indexed = new BufferedImage(256, 256, BufferedImage.TYPE_BYTE_INDEXED);
    indexed.createGraphics().drawImage(noise(256), 0, 0, null);
    byte[] file = file("png", indexed);
    RgbImage whole = ImageDecoder.decode(file);

    DecodedImage half = ImageDecoder.decode(firstHalf(file), ANYTHING);

    assertThat(half.truncation().orElseThrow())
        .matches("PNG ends after " + file.length / 2 + " bytes, \\d\\d % of its rows decoded");
    assertThat(pixel(half.image(), 7, 50)).isEqualTo(pixel(whole, 7, 50));
  }

  @Test
  void aTiffThatWasCutBeforeItsDescriptionIsRefused() {
    byte[] tiff = Pictures.resource("jpeg.tif"); // as libtiff writes it: first the pixels

    assertThatExceptionOfType(UnreadableImageException.class)
        .isThrownBy(() -> ImageDecoder.decode(firstHalf(tiff), ANYTHING))
        .matches(e -> e.reason() == Reason.TRUNCATED, "truncated");
  }

  @Test
  void ofAnInterlacedGifThatWasCutEverySecondRowIsTaken() throws Exception {
    byte[] file = file("gif", noise(256)); // rows 0, 8, 16, then 4, 12, then 2, 6, then 1, 3
    RgbImage whole = ImageDecoder.decode(file);

    DecodedImage half = ImageDecoder.decode(Arrays.copyOf(file, file.length * 3 / 5), ANYTHING);

    assertThat(half.truncation()).isPresent();
    assertThat(pixel(half.image(), 7, 250)).isEqualTo(pixel(whole, 7, 250));
    assertThat(pixel(half.image(), 7, 251)).isEqualTo(pixel(half.image(), 200, 253));
  }

  @Test
  void ofABmpThatWasCutTheLastRowsAreTakenBecauseTheyComeFirst() throws Exception {
    byte[] file = file("bmp", noise(256));
    RgbImage whole = ImageDecoder.decode(file);

    DecodedImage half = ImageDecoder.decode(firstHalf(file), ANYTHING);

    assertThat(half.truncation()).isPresent();
    assertThat(pixel(half.image(), 7, 200)).isEqualTo(pixel(whole, 7, 200));
    assertThat(pixel(half.image(), 7, 50)).isZero();
  }

  @Test
  void ofAProgressiveJpegAllRowsAreTakenWithTheDetailThatIsThere() throws Exception {
    byte[] jpeg = progressiveJpeg(waves(256, 256));
    RgbImage whole = ImageDecoder.decode(jpeg);

    DecodedImage half = ImageDecoder.decode(firstHalf(jpeg), ANYTHING);

    assertThat(half.truncation().orElseThrow())
        .matches("JPEG ends after " + jpeg.length / 2 + " bytes, [1-9] whole scans");
    assertThat(half.image().sample(1, 128, 250)).isCloseTo(whole.sample(1, 128, 250), within(40));
  }

  @Test
  void aWholeImageIsSaidToBeWhole() throws Exception {
    assertThat(ImageDecoder.decode(file("jpg", noise(64)), ANYTHING).truncation()).isEmpty();
    assertThat(ImageDecoder.decode(file("png", noise(64)), ANYTHING).truncation()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "gif", "bmp", "tif"})
  void anImageOfWhichNoRowIsThereIsRefused(String format) {
    byte[] file = file(format, noise(64));

    for (int length : new int[] {20, 30}) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatExceptionOfType(UnreadableImageException.class)
          .isThrownBy(() -> ImageDecoder.decode(cut, ANYTHING))
          .matches(e -> e.reason() == Reason.TRUNCATED, "truncated");
    }
  }

  @Test
  void aProgressiveJpegWithoutAWholeScanIsRefused() {
    byte[] jpeg = progressiveJpeg(waves(256, 256));
    int scan = 0;
    while (jpeg[scan] != (byte) 0xff || jpeg[scan + 1] != (byte) 0xda) {
      scan++;
    }
    byte[] cut = Arrays.copyOf(jpeg, scan + 50);

    assertThatExceptionOfType(UnreadableImageException.class)
        .isThrownBy(() -> ImageDecoder.decode(cut, ANYTHING))
        .withMessageEndingWith("bytes, 0 whole scans)");
  }

  @Test
  void dataThatContradictTheirFormatStayRefused() {
    byte[] png = file("png", noise(64));
    Arrays.fill(png, 5000, 5100, (byte) 0xff);

    assertThatExceptionOfType(UnreadableImageException.class)
        .isThrownBy(() -> ImageDecoder.decode(png, ANYTHING))
        .matches(e -> e.reason() == Reason.UNREADABLE, "unreadable");
  }
}
