package dev.kennel.dataset;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Contents of image files, given back their files: what is trained on is read more than once. */
public final class ContentFiles {
  private ContentFiles() {}

  /**
   * Writes a content to a file named by its SHA-256, which appears whole; one that is there stays.
   *
   * @param content null is taken as an empty file
   * @return the file's path
   */
  public static String write(byte[] content, String folder, Configuration hadoop)
      throws IOException {
    byte[] bytes = content == null ? new byte[0] : content;
    Path file = new Path(folder, sha256(bytes));
    FileSystem files = file.getFileSystem(hadoop);
    if (!files.exists(file)) {
      Path unfinished = new Path(folder, "." + UUID.randomUUID());
      try (OutputStream out = files.create(unfinished)) {
        out.write(bytes);
      }
      if (!files.rename(unfinished, file)) {
        files.delete(unfinished, false); // another task was first
        if (!files.exists(file)) {
          throw new IOException("Cannot rename " + unfinished + " to " + file);
        }
      }
    }
    return file.toString();
  }

  /** SHA-256 in hexadecimal. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
