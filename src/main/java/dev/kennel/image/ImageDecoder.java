package dev.kennel.image;

import dev.kennel.image.UnreadableImageException.Reason;
import java.util.Optional;

/**
 * Decodes JPEG, PNG, GIF (its first frame), BMP, WebP and TIFF, told apart by their content.
 *
 * <p>Samples are kept as stored: 16 bits lose the lower 8, grey is repeated, alpha dropped, CMYK
 * converted; colour profiles are ignored. Images are turned upright by their EXIF orientation. Many
 * threads may decode at once.
 */
public final class ImageDecoder {
  private static final int MOST_SCANS = 100; // of a JPEG; encoders write 10 or so

  private ImageDecoder() {}

  /** Decodes an image by {@link DecodeOptions#DEFAULT}. */
  public static RgbImage decode(byte[] bytes) throws UnreadableImageException {
    return decode(bytes, DecodeOptions.DEFAULT).image();
  }

  /**
   * Decodes an image.
   *
   * <p>Of one that was cut short, if the options accept it, the rest is what decoders leave there:
   * mid-grey in a JPEG (a progressive one is blurred instead), else black or the first colour of
   * the palette.
   *
   * @throws UnreadableImageException if there is no image that the options accept; one that was cut
   *     before anything of it could be decoded is never accepted
   */
  public static DecodedImage decode(byte[] bytes, DecodeOptions options)
      throws UnreadableImageException {
    if (bytes.length == 0) {
      throw new UnreadableImageException(Reason.EMPTY, "0 bytes");
    }
    requireEightBits(bytes);
    requireFewScans(bytes);
    Optional<RgbImage> fast = FastJpeg.decode(bytes, options);
    DecodedImage decoded =
        fast.isPresent()
            ? new DecodedImage(fast.get(), Optional.empty())
            : AnyFormat.decode(bytes, options);
    return new DecodedImage(decoded.image().upright(Orientation.of(bytes)), decoded.truncation());
  }

  /** Java's reader would not say so: after its first complaint it is asked again, and differs. */
  private static void requireEightBits(byte[] bytes) throws UnreadableImageException {
    for (JpegSegment segment : JpegSegment.of(bytes)) {
      if (segment.isFrame() && bytes[segment.start()] != 8) {
        throw new UnreadableImageException(
            Reason.UNSUPPORTED,
            "JPEG of " + Byte.toUnsignedInt(bytes[segment.start()]) + " bits a sample");
      }
    }
  }

  /** Few bytes can make decoders go over a large image again and again, for minutes. */
  private static void requireFewScans(byte[] bytes) throws UnreadableImageException {
    int scans = JpegScans.areSeveral(bytes) ? JpegScans.count(bytes) : 1;
    if (scans > MOST_SCANS) {
      throw new UnreadableImageException(
          Reason.UNSUPPORTED, "JPEG of " + scans + " scans, more than " + MOST_SCANS);
    }
  }
}
