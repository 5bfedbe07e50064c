package dev.kennel.image;

import dev.kennel.image.UnreadableImageException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;

/** Finds out what is wrong with an image from how its reader failed. */
final class Diagnosis implements IIOReadWarningListener, ReadProgress {
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

  /** Refuses an image that a reader returned although its data had ended. */
  void check() throws UnreadableImageException {
    if (warnedOfEnd) {
      throw truncated(null);
    }
  }

  UnreadableImageException of(Throwable failure) throws IOException {
    String message = messageOf(failure);
    if (message.toLowerCase(Locale.ROOT).startsWith("unsupported")) {
      return new UnreadableImageException(Reason.UNSUPPORTED, format + ": " + message, failure);
    }
    long position = input.getStreamPosition();
    if (warnedOfEnd || causedByEnd(failure) || stoppedAtEnd(position)) {
      return truncated(failure);
    }
    return new UnreadableImageException(
        Reason.UNREADABLE,
        format + ": " + message + " (read " + position + " of " + bytes.length + " bytes)",
        failure);
  }

  private UnreadableImageException truncated(Throwable failure) {
    return new UnreadableImageException(
        Reason.TRUNCATED,
        String.format(
            Locale.ROOT,
            "%s ends after %d bytes, %.0f %% of its rows decoded",
            format,
            bytes.length,
            share),
        failure);
  }

  /** In one line, what the deepest cause says; the outer ones say only "Error reading". */
  private static String messageOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.replaceAll("\\s+", " ").strip();
  }

  private static boolean causedByEnd(Throwable failure) {
    return failure != null && (failure instanceof EOFException || causedByEnd(failure.getCause()));
  }

  /** A JPEG's reader reads ahead, so that there only a missing end marker tells. */
  private boolean stoppedAtEnd(long position) {
    int last = bytes.length - 1;
    return format.equals("JPEG")
        ? bytes[last - 1] != (byte) 0xff || bytes[last] != (byte) 0xd9
        : position > last;
  }
}
