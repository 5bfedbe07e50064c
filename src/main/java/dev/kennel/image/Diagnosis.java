package dev.kennel.image;

import dev.kennel.image.UnreadableImageException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;

/** Finds out what is wrong with an image from how its reader failed. */
final class Diagnosis implements IIOReadWarningListener, ReadProgress {
  /** Java gives these a message until it has compiled the code, and none from then on. */
  private static final Set<Class<?>> WITHOUT_MESSAGE =
      Set.of(
          ArithmeticException.class,
          ArrayIndexOutOfBoundsException.class,
          ArrayStoreException.class,
          ClassCastException.class,
          NullPointerException.class);

  private final String format;
  private final byte[] bytes;
  private final ImageInputStream input;
  private boolean warnedOfEnd;
  private float share; // decoded before the end, in percent

  Diagnosis(String format, byte[] bytes, ImageInputStream input) {
    this.format = format;
    this.bytes = bytes;
    this.input = input;
  }

  /** Java fills up a JPEG that was cut short and only warns of it. */
  @Override
  public void warningOccurred(ImageReader source, String warning) {
    warnedOfEnd |=
        warning.startsWith("Truncated File") || warning.endsWith("premature end of data segment");
  }

  @Override
  public void imageProgress(ImageReader source, float percent) {
    if (!warnedOfEnd) {
      share = percent;
    }
  }

  /** Notes how many rows hold pixels; some readers tell of their progress only now and then. */
  void found(int rows, int height) {
    share = Math.max(share, 100f * rows / height);
  }

  /** What is wrong with an image that a reader returned: its data may have ended nevertheless. */
  Optional<UnreadableImageException> ofSuccess() {
    if (WebpChunks.isWebp(bytes) && WebpChunks.areCut(bytes)) {
      share = 0; // from where on the reader made pixels up is not known
      return Optional.of(truncated(null));
    }
    return warnedOfEnd ? Optional.of(truncated(null)) : Optional.empty();
  }

  UnreadableImageException of(Throwable failure) throws IOException {
    String message = messageOf(failure);
    boolean isNoise = message.startsWith("Unsupported marker type"); // of no JPEG
    if (message.toLowerCase(Locale.ROOT).startsWith("unsupported") && !isNoise) {
      return new UnreadableImageException(Reason.UNSUPPORTED, format + ": " + message, failure);
    }
    long position = input.getStreamPosition();
    if (warnedOfEnd || causedByEnd(failure) || stoppedAtEnd(position)) {
      return truncated(failure);
    }
    return new UnreadableImageException(
        Reason.UNREADABLE,
        format + ": " + message + " (read " + position + " of " + input.length() + " bytes)",
        failure);
  }

  /** Whether a part of the image was decoded that can be seen. */
  boolean foundPixels() {
    return JpegScans.areSeveral(bytes) ? wholeScans() > 0 : Math.round(share) > 0;
  }

  private UnreadableImageException truncated(Throwable failure) {
    String found =
        JpegScans.areSeveral(bytes)
            ? wholeScans() + " whole scans"
            : Math.round(share) + " % of its rows decoded";
    return new UnreadableImageException(
        Reason.TRUNCATED, format + " ends after " + bytes.length + " bytes, " + found, failure);
  }

  /** Of a JPEG of several scans, all of which its decoder reads before it gives the first row. */
  private int wholeScans() {
    return Math.max(JpegScans.count(bytes) - 1, 0);
  }

  /**
   * In one line and without addresses of objects, what the deepest cause says; the outer ones say
   * only "Error reading".
   */
  private static String messageOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause.getMessage() == null || WITHOUT_MESSAGE.contains(cause.getClass())) {
      return cause.getClass().getSimpleName();
    }
    return cause.getMessage().replaceAll("@\\p{XDigit}{3,}", "").replaceAll("\\s+", " ").strip();
  }

  private static boolean causedByEnd(Throwable failure) {
    return failure != null
        && (failure instanceof EOFException
            || failure instanceof MemoryStream.BehindEndException
            || causedByEnd(failure.getCause()));
  }

  /** A JPEG's reader reads ahead, so that there only a missing end marker tells. */
  private boolean stoppedAtEnd(long position) throws IOException {
    int last = bytes.length - 1;
    return switch (format) {
      case "JPEG" -> bytes[last - 1] != (byte) 0xff || bytes[last] != (byte) 0xd9;
      case "WEBP" -> position >= input.length() || WebpChunks.areCut(bytes);
      case "TIFF" -> position >= input.length() || TiffDirectory.isCut(bytes);
      default -> position >= input.length();
    };
  }
}
