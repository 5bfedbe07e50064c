package dev.kennel.image;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds how a camera was held: the EXIF orientation of a JPEG, PNG, WebP or TIFF. */
final class Orientation {
  private static final int UPRIGHT = 1;
  private static final String EXIF_NAME = "Exif\0\0"; // before EXIF data, in a PNG never

  private Orientation() {}

  /**
   * The orientation, 1 to 8 in sound files. Read from the tag itself, because the readers' standard
   * metadata of JPEG and TIFF give 5 and 7 the names of each other.
   */
  static int of(byte[] bytes) {
    try {
      byte[] exif = exif(bytes); // a small TIFF file
      int start = startsWith(EXIF_NAME, exif) ? EXIF_NAME.length() : 0;
      if (exif.length <= start) {
        return UPRIGHT;
      }
      Entry entry =
          TiffDirectory.of(new ByteArrayImageInputStream(exif, start, exif.length - start))
              .getEntryById(TIFF.TAG_ORIENTATION);
      return entry == null ? UPRIGHT : ((Number) entry.getValue()).intValue();
    } catch (IOException | RuntimeException e) {
      return UPRIGHT; // a photograph whose EXIF data are broken is still a photograph
    }
  }

  private static byte[] exif(byte[] file) {
    if (startsWith("II", file) || startsWith("MM", file)) {
      return file;
    }
    if (PngChunks.isPng(file)) {
      return PngChunks.exif(file);
    }
    return WebpChunks.isWebp(file) ? WebpChunks.exif(file) : ofJpeg(file);
  }

  private static byte[] ofJpeg(byte[] file) {
    for (JpegSegment segment : JpegSegment.of(file)) {
      if (segment.marker() == JpegSegment.EXIF) {
        int end = segment.start() + segment.length();
        byte[] content = Arrays.copyOfRange(file, segment.start(), end);
        if (startsWith(EXIF_NAME, content)) { // else another program's data
          return content;
        }
      }
    }
    return new byte[0];
  }

  private static boolean startsWith(String name, byte[] bytes) {
    byte[] expected = name.getBytes(StandardCharsets.US_ASCII);
    int end = Math.min(expected.length, bytes.length);
    return Arrays.equals(expected, 0, expected.length, bytes, 0, end);
  }
}
