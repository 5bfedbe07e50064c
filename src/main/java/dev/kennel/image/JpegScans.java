package dev.kennel.image;

import java.util.List;

/**
 * Counts the scans of a JPEG. Where there are several, each covers all its rows: with some of the
 * components, or, in a progressive one, with finer details.
 */
final class JpegScans {
  private JpegScans() {}

  /** Whether there must be several, so that no row is whole before the last. */
  static boolean areSeveral(byte[] bytes) {
    int components = 0;
    for (JpegSegment segment : JpegSegment.of(bytes)) {
      if (segment.isProgressive()) {
        return true;
      }
      if (segment.isFrame()) {
        components = segment.components(bytes);
      }
      if (segment.marker() == JpegSegment.SCAN) {
        return segment.length() > 0 && bytes[segment.start()] < components;
      }
    }
    return false;
  }

  /** How many scans begin; where pixels are coded, 0xff is followed by 0 or a marker. */
  static int count(byte[] bytes) {
    List<JpegSegment> segments = JpegSegment.of(bytes);
    int at = segments.isEmpty() ? bytes.length : segments.get(segments.size() - 1).start() - 4;
    int count = 0;
    for (; at + 1 < bytes.length; at++) {
      if (bytes[at] == (byte) 0xff && (bytes[at + 1] & 0xff) == JpegSegment.SCAN) {
        count++;
      }
    }
    return count;
  }
}
