package dev.kennel.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A segment of a JPEG before its pixels.
 *
 * @param marker what it is: the byte after 0xff
 * @param start where its content begins, behind marker and length
 * @param length of its content, in bytes
 */
record JpegSegment(int marker, int start, int length) {
  static final int EXIF = 0xe1;
  static final int PROFILE = 0xe2;
  private static final int FIRST_FRAME = 0xc0; // baseline; then extended and progressive
  private static final int LAST_FRAME = 0xc2;
  private static final int SCAN = 0xda;
  private static final int FILL = 0xff; // any number may come before a marker

  /** The whole segments of a file; none if it is no JPEG. */
  static List<JpegSegment> of(byte[] bytes) {
    List<JpegSegment> segments = new ArrayList<>();
    int at = bytes.length > 2 && unsignedShort(bytes, 0) == 0xffd8 ? 2 : bytes.length;
    while (at + 4 <= bytes.length && bytes[at] == (byte) 0xff) {
      int marker = bytes[at + 1] & 0xff;
      if (marker == FILL) {
        at++;
        continue;
      }
      int start = at + 4;
      int length = unsignedShort(bytes, at + 2) - 2;
      if (marker == SCAN || length < 0 || start + length > bytes.length) {
        break;
      }
      segments.add(new JpegSegment(marker, start, length));
      at = start + length;
    }
    return segments;
  }

  private static int unsignedShort(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  /** Whether this describes the frame, whose first byte is the bits of a sample. */
  boolean isFrame() {
    return marker >= FIRST_FRAME && marker <= LAST_FRAME && length > 0;
  }
}
