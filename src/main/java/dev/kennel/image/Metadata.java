package dev.kennel.image;

/**
 * Hides from readers what pixels do not need: colour profiles, texts, comments. They would be
 * ignored anyway, but readers unpack them first, or allocate whatever size they claim to have: a
 * few bytes can take gigabytes, and a long comment minutes.
 */
final class Metadata {
  private Metadata() {}

  /** The file, or a copy that differs where there is something to hide. */
  static byte[] hide(byte[] file) {
    if (PngChunks.isPng(file)) {
      return PngChunks.ofPixels(file);
    }
    if (GifBlocks.isGif(file)) {
      return GifBlocks.ofPixels(file);
    }
    return WebpChunks.isWebp(file) ? WebpChunks.withoutProfile(file) : withoutProfile(file);
  }

  private static byte[] withoutProfile(byte[] jpeg) {
    byte[] hidden = jpeg;
    for (JpegSegment segment : JpegSegment.of(jpeg)) {
      if (segment.marker() == JpegSegment.PROFILE && segment.length() > 0) {
        hidden = hidden == jpeg ? jpeg.clone() : hidden;
        hidden[segment.start()] = 0; // no longer "ICC_PROFILE"
      }
    }
    return hidden;
  }
}
