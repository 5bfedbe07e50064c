package dev.kennel.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A segment of a JPEG up to the header of its first scan, behind which the pixels begin.
 *
 * @param marker what it is: the byte after 0xff
 * @param start where its content begins, behind marker and length
 * @param length of its content, in bytes
 */
record JpegSegment(int marker, int start, int length) {
  static final int QUANTIZATION = 0xdb;
  private static final int FIRST_OF_APPLICATIONS = 0xe0;
  private static final int LAST_OF_APPLICATIONS = 0xef;
  private static final int COMMENT = 0xfe;
  static final int EXIF = 0xe1;
  static final int PROFILE = 0xe2;
  static final int ADOBE = 0xee;
  private static final int FIRST_FRAME = 0xc0; // baseline; then extended
  private static final int PROGRESSIVE_FRAME = 0xc2;
  static final int SCAN = 0xda;
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
      if (length < 0 || start + length > bytes.length) {
        break;
      }
      segments.add(new JpegSegment(marker, start, length));
      if (marker == SCAN) {
        break;
      }
      at = start + length;
    }
    return segments;
  }

  private static int unsignedShort(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  /** Whether this describes the frame, whose first byte is the bits of a sample. */
  boolean isFrame() {
    return marker >= FIRST_FRAME && marker <= PROGRESSIVE_FRAME && length > 0;
  }

  /** Whether pixels do not depend on this. */
  boolean isComment() {
    return marker == COMMENT || (marker >= FIRST_OF_APPLICATIONS && marker <= LAST_OF_APPLICATIONS);
  }

  /** Whether this describes a frame that each scan makes finer. */
  boolean isProgressive() {
    return marker == PROGRESSIVE_FRAME;
  }

  /** Whether this frame has 8 bits of luminance and of two chrominances, as JFIF numbers them. */
  boolean isYcc(byte[] bytes) {
    return length == 15
        && bytes[start] == 8
        && bytes[start + 5] == 3
        && bytes[start + 6] == 1
        && bytes[start + 9] == 2
        && bytes[start + 12] == 3;
  }

  /** Of this frame: 1 for grey, 3 for colours. */
  int components(byte[] bytes) {
    return length > 5 ? bytes[start + 5] : 0;
  }

  /** Of this frame, in pixels. */
  int width(byte[] bytes) {
    return unsignedShort(bytes, start + 3);
  }

  /** Of this frame, in pixels. */
  int height(byte[] bytes) {
    return unsignedShort(bytes, start + 1);
  }
}
