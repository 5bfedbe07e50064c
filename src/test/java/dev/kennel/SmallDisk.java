package dev.kennel;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/** The local file system under another name, on which no file of more than a megabyte fits. */
public final class SmallDisk extends RawLocalFileSystem {
  private static final URI NAME = URI.create("small:///");
  private static final int SIZE = 1 << 20;

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path file, boolean append, FsPermission permission) throws IOException {
    return new Limited(super.createOutputStreamWithMode(file, append, permission));
  }

  private static final class Limited extends FilterOutputStream {
    private long written;

    Limited(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      written += length;
      if (written > SIZE) {
        throw new IOException("No space left on device");
      }
      out.write(bytes, offset, length);
    }
  }
}
