package dev.kennel.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The chunks of a WebP: name, length and content each, padded to an even length. */
final class WebpChunks {
  private static final int FIRST = 12; // bytes before it: RIFF, length, WEBP
  private static final int FRAME = 8; // bytes of a chunk beside its content
  private static final int FLAGS = FIRST + FRAME; // of an extended one
  private static final int HAS_PROFILE = 0x20;

  private WebpChunks() {}

  static boolean isWebp(byte[] file) {
    return file.length > FLAGS && name(file, 0).equals("RIFF") && name(file, 8).equals("WEBP");
  }

  /** The file, or a copy that does not say that it has a colour profile. */
  static byte[] withoutProfile(byte[] file) {
    if (!name(file, FIRST).equals("VP8X") || (file[FLAGS] & HAS_PROFILE) == 0) {
      return file;
    }
    byte[] hidden = file.clone();
    hidden[FLAGS] &= ~HAS_PROFILE;
    return hidden;
  }

  /** Whether the file ends amid a chunk; readers take bits that are not there for zeros. */
  static boolean areCut(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long at = FIRST;
    while (at + FRAME <= file.length) {
      String name = name(file, (int) at);
      at += FRAME + Integer.toUnsignedLong(bytes.getInt((int) at + 4));
      if (name.equals("VP8 ") || name.equals("VP8L") || name.equals("ANMF")) {
        return at > file.length;
      }
      at += at & 1;
    }
    return true;
  }

  /** The EXIF data; none where there are none. */
  static byte[] exif(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long at = FIRST;
    while (at + FRAME <= file.length) {
      long end = at + FRAME + Integer.toUnsignedLong(bytes.getInt((int) at + 4));
      if (name(file, (int) at).equals("EXIF") && end <= file.length) {
        return Arrays.copyOfRange(file, (int) at + FRAME, (int) end);
      }
      at = end + (end & 1);
    }
    return new byte[0];
  }

  private static String name(byte[] file, int at) {
    return new String(file, at, 4, StandardCharsets.ISO_8859_1);
  }
}
