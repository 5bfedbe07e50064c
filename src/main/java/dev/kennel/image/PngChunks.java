package dev.kennel.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/** The chunks of a PNG: length, name, content and checksum each. */
final class PngChunks {
  private static final long SIGNATURE = 0x89504e470d0a1a0aL;
  private static final int FRAME = 12; // bytes of a chunk beside its content
  private static final byte[] END = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0, 0, 0, 0};
  private static final Set<String> OF_PIXELS = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

  private PngChunks() {}

  static boolean isPng(byte[] file) {
    return file.length >= 8 && ByteBuffer.wrap(file).getLong() == SIGNATURE;
  }

  /**
   * The file with those chunks alone that pixels depend on. Where it was cut amid pixels, they end
   * with an end chunk: the reader of palettes looks for that before it decodes anything.
   */
  static byte[] ofPixels(byte[] file) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
    kept.write(file, 0, 8);
    int at = 8;
    while (at + 8 <= file.length) {
      int length = ByteBuffer.wrap(file).getInt(at);
      String name = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (length < 0 || length > file.length - at - FRAME) {
        writeRest(file, at, name, kept);
        break;
      }
      if (OF_PIXELS.contains(name)) {
        kept.write(file, at, length + FRAME);
      }
      at += length + FRAME;
    }
    boolean isWhole = at >= file.length && kept.size() == file.length;
    return isWhole ? file : kept.toByteArray();
  }

  /** The EXIF data, a small TIFF file; none where there are none. */
  static byte[] exif(byte[] file) {
    int at = 8;
    while (at + FRAME <= file.length) {
      int length = ByteBuffer.wrap(file).getInt(at);
      if (length < 0 || length > file.length - at - FRAME) {
        break;
      }
      if (new String(file, at + 4, 4, StandardCharsets.ISO_8859_1).equals("eXIf")) {
        return Arrays.copyOfRange(file, at + 8, at + 8 + length);
      }
      at += length + FRAME;
    }
    return new byte[0];
  }

  /** Writes what is there of a chunk that claims to be longer than the file. */
  private static void writeRest(byte[] file, int at, String name, ByteArrayOutputStream kept) {
    if (name.equals("IDAT")) {
      byte[] pixels = Arrays.copyOfRange(file, at + 8, file.length);
      kept.writeBytes(ByteBuffer.allocate(8).putInt(pixels.length).put(file, at + 4, 4).array());
      kept.writeBytes(pixels);
      kept.writeBytes(new byte[4]); // the checksum, which is not looked at
      kept.writeBytes(END);
    }
  }
}
