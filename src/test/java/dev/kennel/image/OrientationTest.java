package dev.kennel.image;

import static dev.kennel.image.Pictures.exif;
import static dev.kennel.image.Pictures.withExif;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {
  // What a viewer must show is "abc" over "def"; each line gives how it is stored, row by row.
  @ParameterizedTest
  @CsvSource({
    "1, abc def",
    "2, cba fed",
    "3, fed cba",
    "4, def abc",
    "5, ad be cf",
    "6, cf be ad",
    "7, fc eb da",
    "8, da eb fc"
  })
  void everyOrientationIsTurnedUpright(int orientation, String stored) {
    assertThat(rows(image(stored.split(" ")).upright(orientation))).isEqualTo("abc def");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 65_535})
  void anOrientationThatDoesNotExistChangesNothing(int orientation) {
    assertThat(rows(image("abc", "def").upright(orientation))).isEqualTo("abc def");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void theOrientationOfAJpegIsInItsExifSegment(int orientation) throws Exception {
    byte[] jpeg = jpegWithExif(exif(orientation));

    assertThat(Orientation.of(jpeg)).isEqualTo(orientation);
    assertThat(ImageDecoder.decode(jpeg).width()).isEqualTo(orientation < 5 ? 16 : 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void theOrientationOfAPngIsInAChunkOfItsOwn(int orientation) throws Exception {
    byte[] png = Pictures.file("png", Pictures.noise(16).getSubimage(0, 0, 16, 8));
    byte[] exif = exif(orientation);
    int afterHeader = 8 + 12 + 13;
    byte[] turned =
        ByteBuffer.allocate(png.length + 12 + exif.length)
            .put(png, 0, afterHeader)
            .putInt(exif.length)
            .put("eXIf".getBytes(StandardCharsets.US_ASCII))
            .put(exif)
            .putInt(0) // the checksum, which is not looked at
            .put(png, afterHeader, png.length - afterHeader)
            .array();

    assertThat(Orientation.of(turned)).isEqualTo(orientation);
    assertThat(ImageDecoder.decode(turned).width()).isEqualTo(orientation < 5 ? 16 : 8);
  }

  @ParameterizedTest
  @CsvSource({"'', 6", "Exif, 6", "'', 8", "Exif, 3"})
  void theOrientationOfAWebpIsInItsExifChunk(String name, int orientation) throws Exception {
    byte[] webp = Pictures.resource("lossless.webp");
    byte[] exif = exif(orientation);
    byte[] prefix =
        name.isEmpty() ? new byte[0] : (name + "\0\0").getBytes(StandardCharsets.US_ASCII);
    RgbImage upright = ImageDecoder.decode(webp);
    byte[] turned =
        ByteBuffer.allocate(webp.length + 8 + prefix.length + exif.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(webp)
            .put("EXIF".getBytes(StandardCharsets.US_ASCII))
            .putInt(prefix.length + exif.length)
            .put(prefix)
            .put(exif)
            .putInt(4, webp.length + prefix.length + exif.length)
            .array();

    assertThat(webp.length).isEven();
    assertThat(Orientation.of(turned)).isEqualTo(orientation);
    assertThat(ImageDecoder.decode(turned).samples())
        .isEqualTo(upright.upright(orientation).samples());
  }

  @Test
  void brokenExifDataLeaveAJpegAsItIs() throws Exception {
    assertThat(ImageDecoder.decode(jpegWithExif(new byte[] {'M', 'M', 0, 42, 9})).width())
        .isEqualTo(16);
    assertThat(ImageDecoder.decode(jpegWithExif(new byte[0])).width()).isEqualTo(16);
  }

  @Test
  void anImageWithoutExifDataIsUpright() {
    assertThat(Orientation.of(Pictures.file("jpg", Pictures.noise(8)))).isEqualTo(1);
    assertThat(Orientation.of(Pictures.file("tif", Pictures.noise(8)))).isEqualTo(1);
    assertThat(Orientation.of(Pictures.file("png", Pictures.noise(8)))).isEqualTo(1);
  }

  private static byte[] jpegWithExif(byte[] exif) {
    return withExif(exif, Pictures.file("jpg", Pictures.noise(16).getSubimage(0, 0, 16, 8)));
  }

  private static RgbImage image(String... rows) {
    String row = String.join("", rows);
    byte[] samples = row.replaceAll(".", "$0$0$0").getBytes(StandardCharsets.US_ASCII);
    return new RgbImage(rows[0].length(), rows.length, samples);
  }

  private static String rows(RgbImage image) {
    StringBuilder rows = new StringBuilder();
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        assertThat(image.sample(2, x, y)).isEqualTo(image.sample(0, x, y));
        rows.append((char) image.sample(0, x, y));
      }
      rows.append(y < image.height() - 1 ? " " : "");
    }
    return rows.toString();
  }
}
