package dev.kennel.image;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds how a camera was held: the EXIF orientation of a JPEG or TIFF. */
final class Orientation {
  private static final int UPRIGHT = 1;
  private static final String EXIF_NAME = "Exif\0\0"; // behind it comes a small TIFF file

  private Orientation() {}

  /**
   * The orientation, 1 to 8 in sound files. Read from the tag itself, because the readers' standard
   * metadata of JPEG and TIFF give 5 and 7 the names of each other.
   */
  static int of(byte[] bytes) {
    try {
      for (JpegSegment segment : JpegSegment.of(bytes)) {
        if (isExif(segment, bytes)) {
          int start = segment.start() + EXIF_NAME.length();
          int length = segment.length() - EXIF_NAME.length();
          return ofTiff(new ByteArrayImageInputStream(bytes, start, length));
        }
      }
      boolean tiff = startsWith("II", bytes, 0) || startsWith("MM", bytes, 0);
      return tiff ? ofTiff(new ByteArrayImageInputStream(bytes)) : UPRIGHT;
    } catch (IOException | RuntimeException e) {
      return UPRIGHT; // a photograph whose EXIF data are broken is still a photograph
    }
  }

  private static boolean isExif(JpegSegment segment, byte[] bytes) {
    return segment.marker() == JpegSegment.EXIF
        && segment.length() > EXIF_NAME.length()
        && startsWith(EXIF_NAME, bytes, segment.start());
  }

  private static boolean startsWith(String name, byte[] bytes, int start) {
    byte[] expected = name.getBytes(StandardCharsets.US_ASCII);
    int end = Math.min(start + expected.length, bytes.length);
    return Arrays.equals(expected, 0, expected.length, bytes, start, end);
  }

  private static int ofTiff(ByteArrayImageInputStream stream) throws IOException {
    Entry entry = TiffDirectory.of(stream).getEntryById(TIFF.TAG_ORIENTATION);
    return entry == null ? UPRIGHT : ((Number) entry.getValue()).intValue();
  }
}
