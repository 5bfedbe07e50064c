package dev.kennel.image;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Bytes in memory, for ImageIO's readers. One that reads on and on behind their end, as if there
 * were zeros, is stopped: it would go on for minutes.
 */
final class MemoryStream extends ImageInputStreamImpl {
  private static final int MOST_READS_BEHIND_END = 1000; // some readers look a few bytes ahead

  private final byte[] bytes;
  private int readsBehindEnd;

  /** The end was not noticed. */
  static final class BehindEndException extends IOException {
    private static final long serialVersionUID = 1;

    BehindEndException(int length) {
      super("reads on behind the last of " + length + " bytes");
    }
  }

  MemoryStream(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() throws IOException {
    bitOffset = 0;
    return isAtEnd() ? -1 : bytes[(int) streamPos++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    bitOffset = 0;
    if (isAtEnd()) {
      return -1;
    }
    int count = (int) Math.min(length, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, target, offset, count);
    streamPos += count;
    return count;
  }

  private boolean isAtEnd() throws BehindEndException {
    boolean isAtEnd = streamPos >= bytes.length;
    if (isAtEnd && ++readsBehindEnd > MOST_READS_BEHIND_END) {
      throw new BehindEndException(bytes.length);
    }
    return isAtEnd;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
