package dev.kennel.image;

import dev.kennel.image.UnreadableImageException.Reason;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
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
  /** Of a pixel, four samples of 16: what the limit on pixels is meant for. */
  private static final int MOST_BITS = 64;

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
    try (ImageInputStream input = new MemoryStream(Metadata.hide(bytes))) {
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
      return new DecodedImage(Samples.rgb(picture), fault.map(UnreadableImageException::detail));
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
      requireAtMost(maxPixels, (long) width * height, width + " x " + height + " pixels");
      ImageTypeSpecifier type = type();
      int bits = type.getColorModel().getPixelSize();
      long held = Math.max((long) width * height, reader.getTileWidth(0)); // a row of tiles too
      requireAtMost(maxPixels, held * bits / MOST_BITS, held + " pixels of " + bits + " bits");
      // Given to the reader, because it keeps what it was given even if it fails later.
      picture = type.createBufferedImage(width, height);
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

  private void requireAtMost(long maxPixels, long pixels, String found)
      throws UnreadableImageException {
    if (pixels > maxPixels) {
      throw new UnreadableImageException(
          Reason.TOO_LARGE, format + " of " + found + ", more than " + maxPixels);
    }
  }

  /**
   * As it is stored, which keeps colour profiles from being applied; CMYK as the reader gives it.
   */
  private ImageTypeSpecifier type() throws IOException {
    ImageTypeSpecifier stored = reader.getRawImageType(0);
    return stored == null || isCmyk(stored.getColorModel())
        ? reader.getImageTypes(0).next()
        : stored;
  }

  private static boolean isCmyk(ColorModel model) {
    return model.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
  }
}
