package dev.kennel.dataset;

import dev.kennel.config.UserError;
import dev.kennel.image.UnreadableImageException.Reason;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.apache.commons.compress.compressors.deflate.DeflateCompressorInputStream;
import org.apache.commons.compress.compressors.deflate.DeflateParameters;
import org.apache.commons.compress.utils.BoundedInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/**
 * Reads single files out of {@code .tar}, {@code .tar.gz}, {@code .tgz} and {@code .zip}, on any
 * file system that Hadoop opens, without unpacking tar and zip. Nothing is written under a name
 * from an archive; files that could do harm if they were (links, paths that lead out) are listed as
 * rejected, with the reason.
 */
final class Archive {
  private static final Pattern LEADS_OUT =
      Pattern.compile("[/\\\\].*|[A-Za-z]:.*|(.*[/\\\\])?\\.\\.([/\\\\].*)?", Pattern.DOTALL);

  private Archive() {}

  /** Whether a path is named as an archive; what it is, {@link #list} finds. */
  static boolean isArchive(String path) {
    String name = path.toLowerCase(Locale.ROOT);
    return name.endsWith(".tar") || name.endsWith(".zip") || isCompressedTar(name);
  }

  /**
   * Lists the files of an archive, sorted by name; of those with the same name the last one counts,
   * as when it is unpacked. Costs one seek a file; a compressed tar is unpacked first, unless its
   * copy is there.
   *
   * @param staging where such a copy is put, and found by later runs; executors must see it
   * @throws UserError if it cannot be read, was cut short or is damaged
   */
  static List<ArchiveEntry> list(Configuration hadoop, Path archive, Path staging) {
    String cannot = "Cannot read images from " + archive + ": ";
    try {
      FileStatus status = archive.getFileSystem(hadoop).getFileStatus(archive);
      if (status.isDirectory()) {
        throw new UserError(cannot + "it is a folder, though it is named as an archive");
      }
      String name = archive.getName().toLowerCase(Locale.ROOT);
      FileStatus source = isCompressedTar(name) ? UnpackedTar.of(hadoop, status, staging) : status;
      Map<String, ArchiveEntry> entries = new TreeMap<>();
      for (ArchiveEntry entry : read(hadoop, archive.toString(), source, name.endsWith(".zip"))) {
        entries.put(entry.name(), check(entry));
      }
      return List.copyOf(entries.values());
    } catch (FileNotFoundException e) {
      throw new UserError(cannot + "there is no such file", e);
    } catch (AccessControlException e) {
      throw new UserError(cannot + "permission denied", e);
    } catch (UserError e) {
      throw e;
    } catch (IOException | RuntimeException e) { // what the parsers throw at damaged headers
      throw new UserError(cannot + why(e), e);
    }
  }

  /**
   * The bytes of a file. Memory grows with what is there, not with what the archive promises.
   *
   * @throws IOException if it is rejected, or is not what the archive says: longer, shorter, or of
   *     another checksum
   */
  static byte[] read(Configuration hadoop, ArchiveEntry entry) throws IOException {
    String cannot = "Cannot read " + entry.path() + ": ";
    if (entry.isRejected()) {
      throw new IOException(cannot + entry.reason() + " (" + entry.detail() + ")");
    }
    Path source = new Path(entry.source());
    byte[] bytes;
    try (FSDataInputStream file = source.getFileSystem(hadoop).open(source)) {
      file.seek(entry.offset());
      try (InputStream in = inflated(new BoundedInputStream(file, entry.stored()), entry)) {
        bytes = in.readNBytes((int) entry.length());
        if (in.read() != -1) {
          throw new IOException("it has more than the " + entry.length() + " bytes it should have");
        }
      }
    } catch (IOException e) {
      throw new IOException(cannot + why(e), e);
    }
    if (bytes.length < entry.length()) {
      throw new EOFException(
          cannot + "it ends after " + bytes.length + " of " + entry.length() + " bytes");
    }
    if (entry.crc32() != -1 && entry.crc32() != crc32(bytes)) {
      throw new IOException(cannot + "its checksum is wrong");
    }
    return bytes;
  }

  private static List<ArchiveEntry> read(
      Configuration hadoop, String archive, FileStatus source, boolean isZip) throws IOException {
    FileSystem files = source.getPath().getFileSystem(hadoop);
    String path = files.makeQualified(source.getPath()).toString();
    try (FSDataInputStream in = files.open(source.getPath())) {
      return isZip
          ? ZipListing.list(archive, path, in, source.getLen())
          : TarListing.list(archive, path, in, source.getLen());
    }
  }

  /** Rejects what must not or cannot be read, whatever the format. */
  private static ArchiveEntry check(ArchiveEntry entry) {
    if (entry.isRejected()) {
      return entry;
    }
    if (LEADS_OUT.matcher(entry.name()).matches()) {
      return entry.rejected("unsafe path", "it leads out of the archive");
    }
    if (entry.length() > Decoder.MOST_BYTES) {
      String limit = "files of more than " + (Decoder.MOST_BYTES >> 20) + " MiB are not read";
      return entry.rejected(Reason.TOO_LARGE.text(), limit);
    }
    return entry;
  }

  private static InputStream inflated(InputStream stored, ArchiveEntry entry) {
    if (!entry.deflated()) {
      return stored;
    }
    DeflateParameters bare = new DeflateParameters();
    bare.setWithZlibHeader(false);
    return new DeflateCompressorInputStream(stored, bare);
  }

  /** Whether a path is named as an archive that must be unpacked to be read. */
  static boolean isCompressedTar(String path) {
    String name = path.toLowerCase(Locale.ROOT);
    return name.endsWith(".tar.gz") || name.endsWith(".tgz");
  }

  private static long crc32(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /** In one line, what an exception says. */
  static String why(Throwable e) {
    if (e.getMessage() != null) {
      return e.getMessage().replaceAll("\\s+", " ");
    }
    return e instanceof EOFException ? "it ends too early" : e.toString();
  }
}
