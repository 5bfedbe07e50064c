package dev.kennel.image;

import static dev.kennel.image.Pictures.file;
import static dev.kennel.image.Pictures.firstHalf;
import static dev.kennel.image.Pictures.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kennel.image.UnreadableImageException.Reason;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnreadableImageTest {
  // 8 x 8 pixels of one colour.
  private static final String WEBP =
      "UklGRjgAAABXRUJQVlA4ICwAAACwAQCdASoIAAgAAsBMJaACdLoAAAAAAOyPwrFP8W0joUyH/xDnEFtR1iAAAA==";

  // One grey pixel of 0.5, a float.
  private static final String FLOAT_TIFF =
      "SUkqAAgAAAAKAAABBAABAAAAAQAAAAEBBAABAAAAAQAAAAIBAwABAAAAIAAAAAMBAwABAAAAAQAAAAYBAwABAAAA"
          + "AQAAABEBBAABAAAAhgAAABYBBAABAAAAAQAAABcBBAABAAAABAAAABwBAwABAAAAAQAAAFMBAwABAAAAAwAA"
          + "AAAAAAAAAAA/";

  @Test
  void noBytesAreEmpty() {
    UnreadableImageException failure = failure(new byte[0]);

    assertThat(failure.reason()).isEqualTo(Reason.EMPTY);
    assertThat(failure).hasMessage("Cannot decode the image: empty (0 bytes)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<", "GIF", "<html>Not found</html>", "BLACK and white"})
  void textIsNotAnImage(String text) {
    assertThat(failure(text.getBytes(StandardCharsets.UTF_8)).reason())
        .isEqualTo(Reason.NOT_AN_IMAGE);
  }

  @Test
  void aFormatIsKnownByItsOwnFirstBytesHoweverLongThoseOfOthersAre() {
    byte[] gif = Arrays.copyOf(file("gif", noise(8)), 6); // a PNG is known by eight

    assertThat(failure(gif).reason()).isEqualTo(Reason.TRUNCATED);
  }

  @Test
  void detailShowsWhatAFileThatIsNotAnImageBeginsWith() {
    assertThat(failure(new byte[] {'a', 'b', 'c'}).detail())
        .isEqualTo("3 bytes that begin with 61 62 63");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "gif", "bmp", "tif"})
  void halfAFileIsTruncated(String format) {
    byte[] half = firstHalf(file(format, noise(64)));

    UnreadableImageException failure = failure(half);

    assertThat(failure.reason()).isEqualTo(Reason.TRUNCATED);
    assertThat(failure.detail())
        .matches(".* ends after " + half.length + " bytes, \\d+ % of its rows decoded");
  }

  @Test
  void ofAJpegThatWasCutItIsSaidHowMuchWasThere() {
    byte[] jpeg = file("jpg", noise(512)); // 32 rows of blocks, of about the same size
    int header = startOfScan(jpeg);
    int half = header + (jpeg.length - header) / 2;

    assertThat(failure(Arrays.copyOf(jpeg, half)).detail())
        .matches(
            ".* bytes, (4\\d|50) % of its rows decoded"); // the decoder holds rows of blocks back
  }

  @Test
  void aJpegThatEndsEarlyAndHasAnEndMarkerIsTruncated() {
    byte[] jpeg = file("jpg", noise(64));
    byte[] cut = Arrays.copyOf(jpeg, jpeg.length / 2 + 2);
    cut[cut.length - 2] = (byte) 0xff;
    cut[cut.length - 1] = (byte) 0xd9;

    assertThat(failure(cut).reason()).isEqualTo(Reason.TRUNCATED);
  }

  @Test
  void halfAWebpIsTruncated() {
    assertThat(failure(firstHalf(Base64.getDecoder().decode(WEBP))).reason())
        .isEqualTo(Reason.TRUNCATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "gif", "bmp"})
  void aFileCutAnywhereIsRefused(String format) {
    byte[] whole = file(format, noise(8));
    int pixelsEnd = whole.length - 20; // PNG ends with two checksums and a chunk for the end

    for (int length = 1; length < pixelsEnd; length++) {
      assertThat(failure(Arrays.copyOf(whole, length)).reason())
          .as("%s of %d bytes", format, length)
          .isIn(Reason.NOT_AN_IMAGE, Reason.TRUNCATED);
    }
  }

  @Test
  void aJpegOfTwelveBitsIsUnsupported() {
    byte[] jpeg = file("jpg", noise(8));
    jpeg[startOfFrame(jpeg) + 4] = 12;

    assertThat(failure(jpeg).reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(failure(jpeg).detail()).isEqualTo("JPEG of 12 bits a sample");
  }

  @Test
  void samplesWithAFractionAreUnsupported() {
    UnreadableImageException failure = failure(Base64.getDecoder().decode(FLOAT_TIFF));

    assertThat(failure.reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(failure.detail()).isEqualTo("samples that are signed or of 32 bits");
  }

  @Test
  void sizeIsRefusedByTheHeaderBeforePixelsAreAllocated() {
    byte[] jpeg = file("jpg", noise(8));
    ByteBuffer.wrap(jpeg)
        .putShort(startOfFrame(jpeg) + 5, (short) 20_000)
        .putShort(startOfFrame(jpeg) + 7, (short) 30_000);

    UnreadableImageException failure = failure(jpeg);

    assertThat(failure.reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(failure.detail()).isEqualTo("JPEG of 30000 x 20000 pixels, more than 100000000");
  }

  @Test
  void anImageOfJustTheLimitIsTaken() throws Exception {
    byte[] png = file("png", noise(8));

    assertThat(ImageDecoder.decode(png, new DecodeOptions(64, false, 0)).image().width())
        .isEqualTo(8);
    assertThat(failure(png, new DecodeOptions(63, false, 0)).reason()).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void dataThatContradictTheirFormatAreUnreadable() {
    byte[] png = file("png", noise(64));
    Arrays.fill(png, 100, 200, (byte) 0xff); // amid the compressed pixels

    UnreadableImageException failure = failure(png);

    assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(failure.detail()).startsWith("PNG: ").doesNotContain("\n");
    assertThat(failure).hasCauseInstanceOf(Exception.class);
  }

  @Test
  void aMarkerThatNoJpegHasIsUnreadableNotUnsupported() {
    byte[] grey = file("jpg", new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY));
    byte[] jpeg = Arrays.copyOf(grey, grey.length + 2);
    System.arraycopy(
        new byte[] {(byte) 0xff, 0x19, (byte) 0xff, (byte) 0xd9}, 0, jpeg, grey.length - 2, 4);

    assertThat(failure(jpeg).reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(failure(jpeg).detail()).startsWith("JPEG: Unsupported marker type 0x19 (read ");
  }

  private static UnreadableImageException failure(byte[] bytes) {
    return failure(bytes, DecodeOptions.DEFAULT);
  }

  private static UnreadableImageException failure(byte[] bytes, DecodeOptions options) {
    return catchThrowableOfType(
        UnreadableImageException.class, () -> ImageDecoder.decode(bytes, options));
  }

  /** Where a JPEG's frame header begins: marker, length, bits, height, width. */
  private static int startOfFrame(byte[] jpeg) {
    return marker(jpeg, 0xc0);
  }

  private static int startOfScan(byte[] jpeg) {
    return marker(jpeg, 0xda);
  }

  private static int marker(byte[] jpeg, int marker) {
    for (int i = 0; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) marker) {
        return i;
      }
    }
    throw new IllegalArgumentException("Cannot find the marker " + marker + " in the JPEG");
  }
}
