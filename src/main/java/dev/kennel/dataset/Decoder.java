package dev.kennel.dataset;

import dev.kennel.image.DecodeOptions;
import dev.kennel.image.DecodedImage;
import dev.kennel.image.ImageDecoder;
import dev.kennel.image.UnreadableImageException;
import dev.kennel.image.UnreadableImageException.Reason;
import java.io.IOException;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** Reads one image file and decodes it to square pixels of some sizes. Runs on the executors. */
final class Decoder {
  /** A larger file is not read. */
  static final long MOST_BYTES = 256L << 20;

  /** A file, and its pixels of each size; none if it is rejected, or known already. */
  @SuppressWarnings("ArrayRecordComponent") // moved through Spark, never compared
  record Decoded(ImageFile file, byte[][] pixels) implements Serializable {}

  private Decoder() {}

  /**
   * Reads the file of a row of {@link ImageSource#SCHEMA} once, and decodes it.
   *
   * @param known by the hash of an image whose pixels are there, and which is not decoded, how much
   *     of it was there; empty text if it was whole
   */
  static Decoded decode(
      Row row,
      List<Integer> sizes,
      DecodeOptions options,
      Function<String, Optional<String>> known,
      Configuration hadoop) {
    Source source = source(row, hadoop);
    if (source.entry().isPresent() && source.entry().get().isRejected()) {
      ArchiveEntry entry = source.entry().get();
      return rejected(row, entry.length(), "", entry.reason(), entry.detail());
    }
    long length = 0;
    String sha256 = "";
    try {
      byte[] bytes = source.read();
      length = bytes.length;
      if (length > MOST_BYTES) {
        String limit = "files of more than " + (MOST_BYTES >> 20) + " MiB are not read";
        return rejected(row, source.length(), sha256, Reason.TOO_LARGE.text(), limit);
      }
      sha256 = sha256(bytes);
      Optional<String> truncated = known.apply(sha256);
      if (truncated.isPresent()) {
        return truncated.get().isEmpty() || options.acceptsTruncated()
            ? new Decoded(file(row, length, sha256, "", truncated.get()), new byte[0][])
            : rejected(row, length, sha256, Reason.TRUNCATED.text(), truncated.get());
      }
      DecodedImage image = ImageDecoder.decode(bytes, options);
      byte[][] pixels = sizes.stream().map(image.image()::square).toArray(byte[][]::new);
      return new Decoded(file(row, length, sha256, "", image.truncation().orElse("")), pixels);
    } catch (UnreadableImageException e) {
      return rejected(row, length, sha256, e.reason().text(), e.detail());
    } catch (IOException | RuntimeException e) { // one odd file must not end the job
      return rejected(row, length, sha256, Reason.UNREADABLE.text(), e.toString());
    }
  }

  /** Where the bytes of a row's image are: a file of its own, or an entry of an archive. */
  private record Source(Path path, Optional<ArchiveEntry> entry, Configuration hadoop) {
    long length() throws IOException {
      return path.getFileSystem(hadoop).getFileStatus(path).getLen();
    }

    /**
     * All there is at this moment, whatever the listing said; a byte too much of what is too large.
     */
    byte[] read() throws IOException {
      if (entry.isPresent()) {
        return Archive.read(hadoop, entry.get());
      }
      try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
        return in.readNBytes((int) MOST_BYTES + 1);
      }
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
