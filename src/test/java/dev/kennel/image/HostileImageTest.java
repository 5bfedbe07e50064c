package dev.kennel.image;

import static dev.kennel.image.Pictures.file;
import static dev.kennel.image.Pictures.jpeg;
import static dev.kennel.image.Pictures.progressiveJpeg;
import static dev.kennel.image.Pictures.waves;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import dev.kennel.image.UnreadableImageException.Reason;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are wrong in ways that readers do not notice, or that cost them time or memory. */
class HostileImageTest {
  private static final int END_OF_HEADER = 33; // of a PNG: signature, IHDR

  @Test
  void aJpegIsNotDecodedByTheTablesOfTheOneBefore() throws Exception {
    byte[] jpeg = jpeg(waves(64, 48), 2, 2);
    byte[] withoutOne = jpeg.clone();
    withoutOne[marker(jpeg, 0xc4) + 1] = 0x44; // a marker that says nothing
    byte[] other = progressiveJpeg(waves(48, 64)); // has Huffman tables of its own

    String first = outcome(withoutOne);
    ImageDecoder.decode(other);

    assertThat(outcome(withoutOne)).isEqualTo(first);
  }

  @Test
  void aJpegWithoutQuantizationIsUnreadableNotGrey() {
    byte[] jpeg = jpeg(waves(64, 48), 2, 2);
    jpeg[marker(jpeg, 0xdb) + 1] = 0x44;

    assertThat(failure(jpeg).reason()).isEqualTo(Reason.UNREADABLE);
  }

  @Test
  void aCommentTurnsNoJpegUpsideDown() throws Exception {
    byte[] jpeg = jpeg(waves(64, 48), 2, 2);
    byte[] comment = "Metasoft MJPEG Codec, as in films".getBytes(StandardCharsets.US_ASCII);
    byte[] commented =
        ByteBuffer.allocate(jpeg.length + 4 + comment.length)
            .put(jpeg, 0, 2)
            .putShort((short) 0xfffe)
            .putShort((short) (2 + comment.length))
            .put(comment)
            .put(jpeg, 2, jpeg.length - 2)
            .array();

    assertThat(ImageDecoder.decode(commented).samples())
        .isEqualTo(ImageDecoder.decode(jpeg).samples());
  }

  @Test
  void aJpegOfVeryManyScansIsRefused() {
    byte[] jpeg = progressiveJpeg(waves(64, 48));
    byte[] scan = Arrays.copyOfRange(jpeg, lastMarker(jpeg, 0xda), jpeg.length - 2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, jpeg.length - 2);
    for (int i = 0; i < 100; i++) {
      out.writeBytes(scan);
    }
    out.write(jpeg, jpeg.length - 2, 2);

    assertThat(failure(out.toByteArray()).detail()).matches("JPEG of 1\\d\\d scans, more than 100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zTXt", "iCCP", "iTXt"})
  void textsAndProfilesOfAPngAreNotUnpacked(String chunk) throws Exception {
    byte[] packed = new byte[200_000];
    Deflater deflater = new Deflater();
    deflater.setInput(new byte[100_000_000]);
    deflater.finish();
    int length = deflater.deflate(packed);
    deflater.end();
    String start = chunk.equals("iTXt") ? "a\0\1\0\0\0" : "a\0\0";
    byte[] content =
        ByteBuffer.allocate(start.length() + length)
            .put(start.getBytes(StandardCharsets.US_ASCII))
            .put(packed, 0, length)
            .array();
    byte[] png = withChunk(palette(), chunk, content.length, content);

    assertThat(allocated(png)).isLessThan(5_000_000);
    assertThat(ImageDecoder.decode(png).samples())
        .isEqualTo(ImageDecoder.decode(palette()).samples());
  }

  @ParameterizedTest
  @ValueSource(strings = {"iCCP", "PLTE", "tRNS", "abCd"})
  void aChunkThatClaimsGigabytesTakesNoMemory(String chunk) {
    byte[] png = withChunk(palette(), chunk, 0x7ffffff0, new byte[10]);

    assertThat(failure(png).reason()).isEqualTo(Reason.TRUNCATED);
    assertThat(allocated(png)).isLessThan(5_000_000);
  }

  @Test
  void aLongCommentOfAGifIsPassedOver() throws Exception {
    byte[] gif = file("gif", waves(64, 48));
    int firstBlock = 13 + 3 * (2 << (gif[10] & 7));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(gif, 0, firstBlock);
    out.writeBytes(new byte[] {0x21, (byte) 0xfe});
    byte[] block = new byte[256];
    Arrays.fill(block, (byte) 'a');
    block[0] = (byte) 255;
    for (int i = 0; i < 100_000; i++) {
      out.writeBytes(block);
    }
    out.write(0);
    out.write(gif, firstBlock, gif.length - firstBlock);

    RgbImage image =
        assertTimeoutPreemptively(
            Duration.ofSeconds(5), () -> ImageDecoder.decode(out.toByteArray()));

    assertThat(image.samples()).isEqualTo(ImageDecoder.decode(gif).samples());
  }

  @Test
  void aTileThatIsFarWiderThanTheImageTakesNoMemory() {
    // 8 x 8 grey pixels in tiles of 2,147,483,632 x 16.
    byte[] tiff =
        tiff(256, 8, 257, 8, 258, 8, 259, 1, 262, 1, 277, 1, 322, 0x7ffffff0, 323, 16, 324, 8);

    assertThat(failure(tiff).reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(failure(tiff).detail())
        .isEqualTo("TIFF of 2147483632 pixels of 8 bits, more than 100000000");
  }

  @Test
  void aLosslessWebpIsNotMadeUpFromZeros() {
    byte[] webp = Pictures.resource("lossless.webp");

    for (int length = 21; length < webp.length - 1; length++) { // the last is padding
      assertThat(failure(Arrays.copyOf(webp, length)).reason()).isEqualTo(Reason.TRUNCATED);
    }
  }

  @Test
  void aReaderThatGoesOnBehindTheEndIsStopped() throws Exception {
    MemoryStream stream = new MemoryStream(new byte[] {7});

    assertThat(stream.read()).isEqualTo(7);
    for (int i = 0; i < 1000; i++) {
      assertThat(stream.read()).isEqualTo(-1);
    }
    assertThatThrownBy(stream::read).hasMessage("reads on behind the last of 1 bytes");
  }

  private static UnreadableImageException failure(byte[] bytes) {
    return catchThrowableOfType(UnreadableImageException.class, () -> ImageDecoder.decode(bytes));
  }

  private static String outcome(byte[] bytes) {
    try {
      return Arrays.toString(ImageDecoder.decode(bytes).samples());
    } catch (UnreadableImageException e) {
      return e.getMessage();
    }
  }

  /** Bytes of heap that decoding takes, whatever comes of it. */
  private static long allocated(byte[] bytes) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    outcome(bytes);
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }

  private static byte[] palette() {
    BufferedImage indexed = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_INDEXED);
    indexed.getRaster().setSample(3, 4, 0, 200);
    return file("png", indexed);
  }

  private static byte[] withChunk(byte[] png, String name, int length, byte[] content) {
    return ByteBuffer.allocate(png.length + 12 + content.length)
        .put(png, 0, END_OF_HEADER)
        .putInt(length)
        .put(name.getBytes(StandardCharsets.US_ASCII))
        .put(content)
        .putInt(0) // the checksum, which is not looked at
        .put(png, END_OF_HEADER, png.length - END_OF_HEADER)
        .array();
  }

  /** A little-endian TIFF of tags with one number each, and some zeros. */
  private static byte[] tiff(int... tagsAndValues) {
    int tags = tagsAndValues.length / 2;
    ByteBuffer tiff = ByteBuffer.allocate(200 + 12 * tags).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) tags);
    for (int i = 0; i < tags; i++) {
      tiff.putShort((short) tagsAndValues[2 * i]).putShort((short) 4).putInt(1);
      tiff.putInt(tagsAndValues[2 * i + 1]);
    }
    return tiff.array();
  }

  private static int marker(byte[] jpeg, int marker) {
    int at = 0;
    while (jpeg[at] != (byte) 0xff || jpeg[at + 1] != (byte) marker) {
      at++;
    }
    return at;
  }

  private static int lastMarker(byte[] jpeg, int marker) {
    int at = jpeg.length - 2;
    while (jpeg[at] != (byte) 0xff || jpeg[at + 1] != (byte) marker) {
      at--;
    }
    return at;
  }
}
