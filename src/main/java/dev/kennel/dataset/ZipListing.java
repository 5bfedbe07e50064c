package dev.kennel.dataset;

import dev.kennel.image.UnreadableImageException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.hadoop.fs.FSDataInputStream;

/** Lists a zip archive by the directory at its end, in the form for large archives (zip64) too. */
final class ZipListing {
  private ZipListing() {}

  /** All files in the order of their bytes. Folders are none. */
  static List<ArchiveEntry> list(String archive, String source, FSDataInputStream in, long size)
      throws IOException {
    List<ArchiveEntry> entries = new ArrayList<>();
    try (ZipFile zip = open(archive, new Channel(in, size))) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        if (!entry.isDirectory()) {
          zip.getRawInputStream(entry); // finds out the offset
          entries.add(
              check(
                  entry,
                  new ArchiveEntry(
                      archive,
                      entry.getName(),
                      source,
                      entry.getDataOffset(),
                      entry.getCompressedSize(),
                      entry.getSize(),
                      entry.getMethod() == ZipEntry.DEFLATED,
                      entry.getCrc(),
                      "",
                      "")));
        }
      }
    }
    return entries;
  }

  private static ZipFile open(String archive, Channel channel) throws IOException {
    try {
      return new ZipFile(channel, archive, StandardCharsets.UTF_8.name(), true, true);
    } catch (IOException e) { // says only which file; its cause says what is wrong
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(Archive.why(cause) + "; was it cut short?", e);
    }
  }

  private static ArchiveEntry check(ZipArchiveEntry zip, ArchiveEntry entry) {
    if (zip.isUnixSymlink()) {
      return entry.rejected("link", "a symbolic one");
    }
    if (zip.getGeneralPurposeBit().usesEncryption()) {
      return entry.rejected(Reason.UNSUPPORTED.text(), "encrypted");
    }
    if (zip.getMethod() != ZipEntry.DEFLATED && zip.getMethod() != ZipEntry.STORED) {
      return entry.rejected(
          Reason.UNSUPPORTED.text(), "compression method " + zip.getMethod() + " of zip");
    }
    if (zip.getMethod() == ZipEntry.STORED && entry.stored() != entry.length()) {
      return entry.rejected(
          Reason.UNREADABLE.text(),
          "stored in " + entry.stored() + " bytes, though it has " + entry.length());
    }
    return entry;
  }

  /** A file of Hadoop's as the parser wants it. */
  private static final class Channel implements SeekableByteChannel {
    private static final int MOST_AT_ONCE = 1 << 16; // bytes

    private final FSDataInputStream in;
    private final long size;
    private long position; // may be behind the end, where a Hadoop stream does not go
    private boolean closed;

    Channel(FSDataInputStream in, long size) {
      this.in = in;
      this.size = size;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (closed) {
        throw new ClosedChannelException();
      }
      if (position >= size) {
        return -1;
      }
      byte[] bytes = new byte[Math.min(target.remaining(), MOST_AT_ONCE)];
      in.seek(position);
      int read = in.read(bytes, 0, bytes.length);
      if (read > 0) {
        target.put(bytes, 0, read);
        position += read;
      }
      return read;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long to) {
      if (to < 0) {
        throw new IllegalArgumentException("Cannot read from byte " + to);
      }
      position = to;
      return this;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public boolean isOpen() {
      return !closed;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public int write(ByteBuffer source) {
      throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long to) {
      throw new NonWritableChannelException();
    }
  }
}
