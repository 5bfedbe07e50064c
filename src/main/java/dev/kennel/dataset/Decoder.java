package dev.kennel.dataset;

import dev.kennel.image.DecodeOptions;
import dev.kennel.image.DecodedImage;
import dev.kennel.image.ImageDecoder;
import dev.kennel.image.RgbImage;
import dev.kennel.image.UnreadableImageException;
import dev.kennel.image.UnreadableImageException.Reason;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** Reads one image file and decodes it. Runs on the executors. */
final class Decoder {
  /** A larger file is not read. */
  static final long MOST_BYTES = 256L << 20;

  /**
   * A file, and what was made of its image.
   *
   * @param content empty if the file is rejected, or known already
   */
  record Decoded<T>(ImageFile file, Optional<T> content) {}

  /** For those who know no image's pixels before it is decoded. */
  static final Function<String, Optional<String>> NOT_KNOWN = sha256 -> Optional.empty();

  private Decoder() {}

  /**
   * Reads the file of a row of {@link ImageSource#SCHEMA} once, and decodes it.
   *
   * @param known by the hash of an image whose pixels are there, and which is not decoded, how much
   *     of it was there; empty text if it was whole
   * @param use makes of the file's bytes and the image what is wanted of them
   */
  static <T> Decoded<T> decode(
      Row row,
      DecodeOptions options,
      Function<String, Optional<String>> known,
      BiFunction<byte[], RgbImage, T> use,
      Configuration hadoop) {
    Source source = source(row, hadoop);
    if (source.entry().isPresent() && source.entry().get().isRejected()) {
      ArchiveEntry entry = source.entry().get();
      return rejected(row, entry.length(), "", entry.reason(), entry.detail());
    }
    try {
      byte[] bytes = source.read();
      if (bytes.length > MOST_BYTES) {
        String limit = "files of more than " + (MOST_BYTES >> 20) + " MiB are not read";
        return rejected(row, source.length(), "", Reason.TOO_LARGE.text(), limit);
      }
      return decode(row, bytes, options, known, use);
    } catch (IOException | RuntimeException e) { // one odd file must not end the job
      return rejected(row, 0, "", Reason.UNREADABLE.text(), e.toString());
    }
  }

  /** The same of the bytes of such a file. */
  static <T> Decoded<T> decode(
      Row row,
      byte[] bytes,
      DecodeOptions options,
      Function<String, Optional<String>> known,
      BiFunction<byte[], RgbImage, T> use) {
    String sha256 = ContentFiles.sha256(bytes);
    try {
      Optional<String> truncated = known.apply(sha256);
      if (truncated.isPresent()) {
        return truncated.get().isEmpty() || options.acceptsTruncated()
            ? new Decoded<>(file(row, bytes.length, sha256, "", truncated.get()), Optional.empty())
            : rejected(row, bytes.length, sha256, Reason.TRUNCATED.text(), truncated.get());
      }
      DecodedImage image = ImageDecoder.decode(bytes, options);
      T content = use.apply(bytes, image.image());
      return new Decoded<>(
          file(row, bytes.length, sha256, "", image.truncation().orElse("")), Optional.of(content));
    } catch (UnreadableImageException e) {
      return rejected(row, bytes.length, sha256, e.reason().text(), e.detail());
    } catch (RuntimeException e) { // one odd file must not end the job
      return rejected(row, bytes.length, sha256, Reason.UNREADABLE.text(), e.toString());
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

  private static <T> Decoded<T> rejected(
      Row row, long bytes, String sha256, String reason, String detail) {
    String line = detail.replace('\n', ' ');
    return new Decoded<>(file(row, bytes, sha256, reason, line), Optional.empty());
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
}
