package dev.kennel.dataset;

import dev.kennel.image.ImageDecoder;
import dev.kennel.image.RgbImage;
import dev.kennel.image.UnreadableImageException;
import dev.kennel.image.UnreadableImageException.Reason;
import java.io.IOException;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** Reads one image file and decodes it to square pixels of some sizes. Runs on the executors. */
final class Decoder {
  /** A larger file is not read. */
  static final long MOST_BYTES = 256L << 20;

  /** A file, and its pixels of each size; no pixels if it is rejected. */
  @SuppressWarnings("ArrayRecordComponent") // moved through Spark, never compared
  record Decoded(ImageFile file, byte[][] pixels) implements Serializable {}

  private Decoder() {}

  /** Decodes the file of a row of {@link ImageFolder#SCHEMA}. */
  static Decoded decode(Row row, List<Integer> sizes, Configuration hadoop) {
    Source source = source(row, hadoop);
    if (source.entry().isPresent() && source.entry().get().isRejected()) {
      ArchiveEntry entry = source.entry().get();
      return rejected(row, entry.length(), "", entry.reason(), entry.detail());
    }
    long length = 0;
    String sha256 = "";
    try {
      length = source.length();
      if (length > MOST_BYTES) {
        String limit = "files of more than " + (MOST_BYTES >> 20) + " MiB are not read";
        return rejected(row, length, sha256, Reason.TOO_LARGE.text(), limit);
      }
      byte[] bytes = source.read((int) length);
      sha256 = sha256(bytes);
      RgbImage image = ImageDecoder.decode(bytes);
      byte[][] pixels = sizes.stream().map(image::square).toArray(byte[][]::new);
      return new Decoded(file(row, length, sha256, "", ""), pixels);
    } catch (UnreadableImageException e) {
      return rejected(row, length, sha256, e.reason().text(), e.detail());
    } catch (IOException | RuntimeException e) { // one odd file must not end the job
      return rejected(row, length, sha256, Reason.UNREADABLE.text(), e.toString());
    }
  }

  /** Where the bytes of a row's image are: a file of its own, or an entry of an archive. */
  private record Source(Path path, Optional<ArchiveEntry> entry, Configuration hadoop) {
    long length() throws IOException {
      return entry.isPresent()
          ? entry.get().length()
          : path.getFileSystem(hadoop).getFileStatus(path).getLen();
    }

    byte[] read(int length) throws IOException {
      if (entry.isPresent()) {
        return Archive.read(hadoop, entry.get());
      }
      byte[] bytes = new byte[length];
      try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
        in.readFully(bytes);
      }
      return bytes;
    }
  }

  private static Source source(Row row, Configuration hadoop) {
    Row entry = row.getAs("entry");
    return new Source(
        new Path(row.<String>getAs("path")),
        Optional.ofNullable(entry).map(ArchiveEntry::of),
        hadoop);
  }

  private static Decoded rejected(
      Row row, long bytes, String sha256, String reason, String detail) {
    String line = detail.replace('\n', ' ');
    return new Decoded(file(row, bytes, sha256, reason, line), new byte[0][]);
  }

  private static ImageFile file(Row row, long bytes, String sha256, String reason, String detail) {
    String split = row.getAs("split");
    return new ImageFile(
        row.<Integer>getAs("id"),
        row.getAs("path"),
        row.<Integer>getAs("label"),
        split == null ? "" : split,
        bytes,
        sha256,
        reason,
        detail);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
