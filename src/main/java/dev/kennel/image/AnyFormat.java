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

/** Decodes one image of any format by ImageIO's readers, and says why if it cannot. */
final class AnyFormat {
  private final ImageReader reader;
  private final String format;
  private final Diagnosis diagnosis;
  private BufferedImage picture; // as far as it was read; null until its size is known

  private AnyFormat(ImageReader reader, byte[] bytes, ImageInputStream input) {
    this.reader = reader;
    this.format = reader.getOriginatingProvider().getFormatNames()[0].toUpperCase(Locale.ROOT);
    this.diagnosis = new Diagnosis(format, bytes, input);
    reader.addIIOReadWarningListener(diagnosis);
    reader.addIIOReadProgressListener(diagnosis);
    reader.setInput(input, false, true);
  }

  /** The image as it is stored, not turned. */
  static DecodedImage decode(byte[] bytes, DecodeOptions options) throws UnreadableImageException {
    try (ImageInputStream input = new ByteArrayImageInputStream(ColourProfiles.hide(bytes))) {
      ImageReader reader = Formats.reader(input).orElseThrow(() -> notAnImage(bytes));
      try {
        return new AnyFormat(reader, bytes, input).decode(options);
      } finally {
        reader.dispose();
      }
    } catch (IOException e) {
      throw new UnreadableImageException(Reason.UNREADABLE, e.toString(), e);
    }
  }

  private static UnreadableImageException notAnImage(byte[] bytes) {
    String first = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(bytes.length, 8));
    return new UnreadableImageException(
        Reason.NOT_AN_IMAGE, bytes.length + " bytes that begin with " + first);
  }

  private DecodedImage decode(DecodeOptions options) throws UnreadableImageException, IOException {
    Optional<UnreadableImageException> fault = read(options.maxPixels());
    if (fault.isPresent() && !(options.acceptsTruncated() && isPartly(fault.get()))) {
      throw fault.get();
    }
    try {
      BufferedImage rgb = isCmyk(picture.getColorModel()) ? converted(picture) : picture;
      return new DecodedImage(Samples.rgb(rgb), fault.map(UnreadableImageException::detail));
    } catch (RuntimeException e) {
      throw diagnosis.of(e);
    }
  }

  private boolean isPartly(UnreadableImageException fault) {
    return fault.reason() == Reason.TRUNCATED && picture != null && diagnosis.foundPixels();
  }

  /** Fills the picture, and returns what stopped that. */
  private Optional<UnreadableImageException> read(long maxPixels)
      throws UnreadableImageException, IOException {
    try {
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > maxPixels) {
        throw new UnreadableImageException(
            Reason.TOO_LARGE,
            format + " of " + width + " x " + height + " pixels, more than " + maxPixels);
      }
      // Given to the reader, because it keeps what it was given even if it fails later.
      picture = type().createBufferedImage(width, height);
      ImageReadParam parameters = reader.getDefaultReadParam();
      parameters.setDestination(picture);
      reader.read(0, parameters);
      return diagnosis.ofSuccess();
    } catch (IOException | RuntimeException | AssertionError e) {
      if (picture != null) {
        diagnosis.found(Samples.filledRows(picture.getRaster()), picture.getHeight());
      }
      return Optional.of(diagnosis.of(e));
    }
  }

  /** As it is stored, which keeps colour profiles from being applied; CMYK as the reader likes. */
  private ImageTypeSpecifier type() throws IOException {
    ImageTypeSpecifier stored = reader.getRawImageType(0);
    return stored == null || isCmyk(stored.getColorModel())
        ? reader.getImageTypes(0).next()
        : stored;
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
