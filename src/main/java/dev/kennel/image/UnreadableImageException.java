package dev.kennel.image;

/** An image that cannot be decoded, with the reason for it. */
public final class UnreadableImageException extends Exception {
  private static final long serialVersionUID = 1;

  /** Why an image cannot be decoded. */
  public enum Reason {
    /** No bytes at all. */
    EMPTY("empty"),
    /** None of the known formats. */
    NOT_AN_IMAGE("not an image"),
    /** The data end too early. */
    TRUNCATED("truncated"),
    /** A known format in a form that no decoder here knows, such as a JPEG of 12 bits. */
    UNSUPPORTED("unsupported form"),
    /** More pixels than the limit. */
    TOO_LARGE("too large"),
    /** The data contradict their format. */
    UNREADABLE("unreadable");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** The reason in words, lower case. */
    public String text() {
      return text;
    }
  }

  private final Reason reason;
  private final String detail;

  UnreadableImageException(Reason reason, String detail) {
    this(reason, detail, null);
  }

  UnreadableImageException(Reason reason, String detail, Throwable cause) {
    super("Cannot decode the image: " + reason.text() + " (" + detail + ")", cause);
    this.reason = reason;
    this.detail = detail;
  }

  public Reason reason() {
    return reason;
  }

  /** What was found, in one line: format, size, how far the decoder came. */
  public String detail() {
    return detail;
  }
}
