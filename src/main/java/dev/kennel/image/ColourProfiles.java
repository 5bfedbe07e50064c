package dev.kennel.image;

import java.nio.charset.StandardCharsets;

/**
 * Hides colour profiles from readers. They would be ignored anyway, and readers allocate whatever
 * size a profile claims to have: one wrong byte can take gigabytes.
 */
final class ColourProfiles {
  private static final int WEBP_FLAGS = 20;
  private static final int WEBP_HAS_PROFILE = 0x20;

  private ColourProfiles() {}

  /** The file, or a copy that differs where a JPEG or WebP says that it has a profile. */
  static byte[] hide(byte[] file) {
    byte[] hidden = file;
    for (JpegSegment segment : JpegSegment.of(file)) {
      if (segment.marker() == JpegSegment.PROFILE && segment.length() > 0) {
        hidden = hidden == file ? file.clone() : hidden;
        hidden[segment.start()] = 0; // no longer "ICC_PROFILE"
      }
    }
    if (isExtendedWebp(file)) {
      hidden = file.clone();
      hidden[WEBP_FLAGS] = (byte) (file[WEBP_FLAGS] & ~WEBP_HAS_PROFILE);
    }
    return hidden;
  }

  private static boolean isExtendedWebp(byte[] file) {
    return file.length > WEBP_FLAGS
        && new String(file, 0, WEBP_FLAGS, StandardCharsets.ISO_8859_1)
            .matches("(?s)RIFF.{4}WEBPVP8X.{4}");
  }
}
