package dev.kennel.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A plain copy of a compressed tar archive, which itself cannot be read from the middle. */
final class UnpackedTar {
  private static final long MOST_TIMES = 100; // photographs do not shrink to a half
  private static final long AT_LEAST = 1L << 30; // bytes that any archive may have, unpacked

  private UnpackedTar() {}

  /**
   * The copy in the folder {@code staging}, made if it is not there yet. A file there is whole: it
   * gets its name, which stands for the archive's path, length and time of change, when it is.
   */
  static FileStatus of(Configuration hadoop, FileStatus archive, Path staging) throws IOException {
    return of(hadoop, archive, staging, Math.max(AT_LEAST, MOST_TIMES * archive.getLen()));
  }

  /** The same with a limit of its bytes. */
  static FileStatus of(Configuration hadoop, FileStatus archive, Path staging, long most)
      throws IOException {
    FileSystem files = staging.getFileSystem(hadoop);
    Path copy = new Path(staging, name(archive));
    if (!files.exists(copy)) {
      Path aside = new Path(staging, "." + UUID.randomUUID() + ".part");
      try {
        unpack(hadoop, archive, files, aside, most);
        if (!files.rename(aside, copy) && !files.exists(copy)) { // another run may have been faster
          throw new IOException("the copy could not be renamed to " + copy);
        }
      } catch (IOException e) {
        throw new IOException("it cannot be unpacked to " + staging + ": " + Archive.why(e), e);
      } finally {
        files.delete(aside, false); // if it is still there
      }
    }
    return files.getFileStatus(copy);
  }

  private static void unpack(
      Configuration hadoop, FileStatus archive, FileSystem files, Path aside, long most)
      throws IOException {
    Path path = archive.getPath();
    try (InputStream in = path.getFileSystem(hadoop).open(path);
        InputStream tar = new GzipCompressorInputStream(in, true);
        OutputStream out = files.create(aside, false)) {
      byte[] buffer = new byte[1 << 16];
      long length = 0;
      for (int read = tar.read(buffer); read != -1; read = tar.read(buffer)) {
        length += read;
        if (length > most) {
          throw new IOException(archive.getLen() + " bytes became more than " + most);
        }
        out.write(buffer, 0, read);
      }
    }
  }

  private static String name(FileStatus archive) {
    String key = archive.getPath() + "|" + archive.getLen() + "|" + archive.getModificationTime();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16) + ".tar";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
