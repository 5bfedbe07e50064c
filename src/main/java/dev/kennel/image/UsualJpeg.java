package dev.kennel.image;

import java.io.ByteArrayOutputStream;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A JPEG that has an end and colours which all decoders take for the same: 8 bits of luminance and
 * of two chrominances.
 *
 * @param segments all up to the pixels
 * @param frame the one that gives its size
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record UsualJpeg(byte[] bytes, List<JpegSegment> segments, JpegSegment frame) {
  static Optional<UsualJpeg> of(byte[] bytes) {
    int last = bytes.length - 1;
    if (last < 3 || bytes[last - 1] != (byte) 0xff || bytes[last] != (byte) 0xd9) {
      return Optional.empty();
    }
    List<JpegSegment> segments = JpegSegment.of(bytes);
    List<JpegSegment> frames = segments.stream().filter(JpegSegment::isFrame).toList();
    // Adobe's segment may say that colours are stored as they are.
    boolean usual =
        frames.size() == 1
            && frames.get(0).isYcc(bytes)
            && has(JpegSegment.SCAN, segments)
            && !has(JpegSegment.ADOBE, segments);
    return usual
        ? Optional.of(new UsualJpeg(bytes, segments, frames.get(0))).filter(UsualJpeg::isQuantized)
        : Optional.empty();
  }

  private static boolean has(int marker, List<JpegSegment> segments) {
    return segments.stream().anyMatch(segment -> segment.marker() == marker);
  }

  /** Whether there is the quantization of each component; without it all would be grey. */
  private boolean isQuantized() {
    BitSet tables = new BitSet();
    for (JpegSegment segment : segments) {
      int end = segment.start() + segment.length();
      int at = segment.marker() == JpegSegment.QUANTIZATION ? segment.start() : end;
      while (at < end) {
        tables.set(bytes[at] & 15);
        at += 1 + 64 * (1 + (bytes[at] >> 4 & 1)); // 64 numbers of 8 or 16 bits
      }
    }
    int first = frame.start() + 8; // of each component: its number, its sampling, its table
    return tables.get(bytes[first] & 0xff)
        && tables.get(bytes[first + 3] & 0xff)
        && tables.get(bytes[first + 6] & 0xff);
  }

  int width() {
    return frame.width(bytes);
  }

  int height() {
    return frame.height(bytes);
  }

  /**
   * The file without its comments and what applications add: FFmpeg knows some of these as from
   * video cameras, and would turn the image upside down or take it for a half picture.
   */
  byte[] withoutComments() {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(bytes.length);
    kept.write(bytes, 0, 2);
    int end = 2;
    for (JpegSegment segment : segments) {
      end = segment.start() + segment.length();
      if (!segment.isComment()) {
        kept.write(bytes, segment.start() - 4, segment.length() + 4);
      }
    }
    kept.write(bytes, end, bytes.length - end);
    return kept.toByteArray();
  }
}
