package dev.kennel.dataset;

import dev.kennel.image.UnreadableImageException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.fs.FSDataInputStream;

/** Lists a tar archive by its headers; contents are skipped with a seek. */
final class TarListing {
  private static final int RECORD = 512; // bytes; everything in a tar is padded to it

  private TarListing() {}

  /** All files in the archive's order. Folders and the headers' extensions are none. */
  static List<ArchiveEntry> list(String archive, String source, FSDataInputStream in, long size)
      throws IOException {
    List<ArchiveEntry> entries = new ArrayList<>();
    // Not closed: the caller closes what it reads.
    TarArchiveInputStream tar =
        new TarArchiveInputStream(new Skipping(in, size), StandardCharsets.UTF_8.name());
    long end = 0; // of the files so far
    TarArchiveEntry entry;
    while ((entry = tar.getNextTarEntry()) != null) {
      long offset = in.getPos(); // the parser reads headers whole and no further
      if (!entry.isCheckSumOK()) {
        throw new IOException("the header before byte " + offset + " has a wrong checksum");
      }
      long length = entry.getSize();
      end = (offset + Math.min(length, size) + RECORD - 1) / RECORD * RECORD; // no overflow
      if (end > size) {
        throw new EOFException(
            "it ends after "
                + size
                + " bytes, in the middle of "
                + entry.getName()
                + "; fetch it again");
      }
      if (!entry.isDirectory()) {
        entries.add(
            check(entry, ArchiveEntry.plain(archive, entry.getName(), source, offset, length)));
      }
    }
    // Two records of zeros mark the end; to the parser half a header is as good.
    if (size - end < RECORD) {
      throw new EOFException(
          "it was cut short after "
              + entries.size()
              + " files, its end mark is missing; fetch it again");
    }
    return entries;
  }

  private static ArchiveEntry check(TarArchiveEntry tar, ArchiveEntry entry) {
    if (tar.isLink() || tar.isSymbolicLink()) {
      return entry.rejected("link", "to " + tar.getLinkName());
    }
    if (tar.isFIFO() || tar.isCharacterDevice() || tar.isBlockDevice()) {
      return entry.rejected("not a file", "a device or a pipe");
    }
    if (tar.isSparse()) {
      return entry.rejected(Reason.UNSUPPORTED.text(), "a sparse file");
    }
    return entry;
  }

  /** Skips by seeking, where streams of some file systems read. */
  private static final class Skipping extends InputStream {
    private final FSDataInputStream in;
    private final long size;

    Skipping(FSDataInputStream in, long size) {
      this.in = in;
      this.size = size;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      return in.read(buffer, from, length);
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = Math.max(0, Math.min(bytes, size - in.getPos()));
      in.seek(in.getPos() + skipped);
      return skipped;
    }
  }
}
