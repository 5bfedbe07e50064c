package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageFormTest {
  private static final BufferedImage WAVES = Pictures.waves(16, 16);

  @ParameterizedTest
  @CsvSource({
    "1, 1, JPEG 4:4:4",
    "2, 1, JPEG 4:2:2",
    "2, 2, JPEG 4:2:0",
    "1, 2, JPEG 4:4:0",
    "4, 1, JPEG 4:1:1",
    "1, 4, JPEG of unusual sampling"
  })
  void aJpegIsNamedByHowCoarseItsChrominanceIs(int wide, int high, String form) {
    assertThat(ImageForm.of(Pictures.jpeg(WAVES, wide, high))).isEqualTo(form);
  }

  @Test
  void aProgressiveJpegAndAGreyOneAreNamedSo() {
    assertThat(ImageForm.of(Pictures.progressiveJpeg(WAVES))).isEqualTo("JPEG progressive 4:2:0");
    BufferedImage grey = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    assertThat(ImageForm.of(Pictures.file("jpeg", grey))).isEqualTo("JPEG grey");
  }

  @ParameterizedTest
  @CsvSource({
    BufferedImage.TYPE_INT_RGB + ", PNG 8-bit RGB",
    BufferedImage.TYPE_INT_ARGB + ", PNG 8-bit RGB with alpha",
    BufferedImage.TYPE_BYTE_GRAY + ", PNG 8-bit grey",
    BufferedImage.TYPE_USHORT_GRAY + ", PNG 16-bit grey",
    BufferedImage.TYPE_BYTE_BINARY + ", PNG 1-bit grey",
    BufferedImage.TYPE_BYTE_INDEXED + ", PNG 8-bit palette"
  })
  void aPngIsNamedByItsBitsAndColours(int type, String form) {
    assertThat(ImageForm.of(Pictures.file("png", new BufferedImage(2, 2, type)))).isEqualTo(form);
  }

  @ParameterizedTest
  @CsvSource({"gif, GIF", "bmp, BMP", "tiff, TIFF"})
  void otherFormatsAreNamedByTheirFirstBytes(String format, String form) {
    assertThat(ImageForm.of(Pictures.file(format, WAVES))).isEqualTo(form);
  }

  @Test
  void whatBeginsAsNoKnownFormatIsOther() {
    assertThat(ImageForm.of("not a dog".getBytes(StandardCharsets.UTF_8))).isEqualTo("other");
    assertThat(ImageForm.of(new byte[0])).isEqualTo("other");
  }
}
