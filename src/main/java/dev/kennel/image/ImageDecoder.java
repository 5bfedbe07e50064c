package dev.kennel.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import dev.kennel.image.UnreadableImageException.Reason;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes JPEG, PNG, GIF (its first frame), BMP, WebP and TIFF, told apart by their content.
 *
 * <p>Samples are kept as stored: 16 bits lose the lower 8, grey is repeated, alpha dropped, CMYK
 * converted; colour profiles are ignored. JPEG and TIFF are turned upright by their EXIF
 * orientation. Many threads may decode at once.
 */
public final class ImageDecoder {
  /** The limit unless one is given: 100 million pixels, which take 300 MB. */
  public static final long MAX_PIXELS = 100_000_000;

  private ImageDecoder() {}

  /** Decodes an image of at most {@link #MAX_PIXELS}. */
  public static RgbImage decode(byte[] bytes) throws UnreadableImageException {
    return decode(bytes, MAX_PIXELS);
  }

  /**
   * Decodes an image.
   *
   * @param maxPixels the limit on width times height, checked before any pixel is allocated
   * @throws UnreadableImageException if there is no whole image; one that was cut short is refused,
   *     even where a decoder would fill in the rest
   */
  public static RgbImage decode(byte[] bytes, long maxPixels) throws UnreadableImageException {
    if (bytes.length == 0) {
      throw new UnreadableImageException(Reason.EMPTY, "0 bytes");
    }
    requireEightBits(bytes);
    Optional<RgbImage> fast = FastJpeg.decode(bytes, maxPixels);
    if (fast.isPresent()) {
      return fast.get().upright(Orientation.of(bytes));
    }
    try (ImageInputStream input = new ByteArrayImageInputStream(ColourProfiles.hide(bytes))) {
      ImageReader reader = Formats.reader(input).orElseThrow(() -> notAnImage(bytes));
      String format = reader.getOriginatingProvider().getFormatNames()[0].toUpperCase(Locale.ROOT);
      Diagnosis diagnosis = new Diagnosis(format, bytes, input);
      try {
        reader.addIIOReadWarningListener(diagnosis);
        reader.addIIOReadProgressListener(diagnosis);
        reader.setInput(input, false, true);
        RgbImage image = read(reader, format, maxPixels);
        diagnosis.check();
        return image.upright(Orientation.of(bytes));
      } catch (IOException | RuntimeException | AssertionError e) {
        throw diagnosis.of(e);
      } finally {
        reader.dispose();
      }
    } catch (IOException e) {
      throw new UnreadableImageException(Reason.UNREADABLE, e.toString(), e);
    }
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

  private static UnreadableImageException notAnImage(byte[] bytes) {
    String first = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(bytes.length, 8));
    return new UnreadableImageException(
        Reason.NOT_AN_IMAGE, bytes.length + " bytes that begin with " + first);
  }

  private static RgbImage read(ImageReader reader, String format, long maxPixels)
      throws IOException, UnreadableImageException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    if ((long) width * height > maxPixels) {
      throw new UnreadableImageException(
          Reason.TOO_LARGE,
          format + " of " + width + " x " + height + " pixels, more than " + maxPixels);
    }
    ImageReadParam parameters = reader.getDefaultReadParam();
    ImageTypeSpecifier stored = reader.getRawImageType(0);
    if (stored != null && !isCmyk(stored.getColorModel())) {
      parameters.setDestinationType(stored); // keeps colour profiles from being applied
    }
    BufferedImage image = reader.read(0, parameters);
    return Samples.rgb(isCmyk(image.getColorModel()) ? converted(image) : image);
  }

  private static boolean isCmyk(ColorModel model) {
    return model.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
  }

  /** For TIFF, whose reader leaves CMYK as it is. */
  private static BufferedImage converted(BufferedImage cmyk) {
    BufferedImage rgb =
        new BufferedImage(cmyk.getWidth(), cmyk.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
    return new ColorConvertOp(null).filter(cmyk, rgb);
  }
}
