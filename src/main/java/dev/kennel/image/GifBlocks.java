package dev.kennel.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The blocks of a GIF up to its first image: comments and the like, which Java reads slowly. */
final class GifBlocks {
  private static final int HEADER = 13; // bytes: name and version, size, colours
  private static final int EXTENSION = 0x21;
  private static final int GRAPHIC_CONTROL = 0xf9; // the transparent colour

  private GifBlocks() {}

  static boolean isGif(byte[] file) {
    return file.length >= HEADER
        && new String(file, 0, 4, StandardCharsets.ISO_8859_1).equals("GIF8");
  }

  /** The file without extensions that pixels do not depend on, before its first image. */
  static byte[] ofPixels(byte[] file) {
    int colours = (file[10] & 0x80) == 0 ? 0 : 2 << (file[10] & 7);
    int at = HEADER + 3 * colours;
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
    kept.write(file, 0, Math.min(at, file.length));
    while (at + 1 < file.length && file[at] == EXTENSION) {
      int end = endOfBlocks(file, at + 2);
      if ((file[at + 1] & 0xff) == GRAPHIC_CONTROL) {
        kept.write(file, at, end - at);
      }
      at = end;
    }
    int begin = Math.min(at, file.length); // of the image
    if (kept.size() == begin) {
      return file;
    }
    kept.write(file, begin, file.length - begin);
    return kept.toByteArray();
  }

  /** Behind blocks that begin with their length, of which the last has none. */
  private static int endOfBlocks(byte[] file, int start) {
    int at = start;
    while (at < file.length && file[at] != 0) {
      at += 1 + (file[at] & 0xff);
    }
    return Math.min(at + 1, file.length);
  }
}
