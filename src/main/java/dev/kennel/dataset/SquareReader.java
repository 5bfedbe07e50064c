package dev.kennel.dataset;

import dev.kennel.image.DecodeOptions;
import dev.kennel.image.RgbImage;
import dev.kennel.image.UnreadableImageException.Reason;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;

/**
 * Reads images one at a time and makes of each the square that a network takes, as {@link
 * PreparedImages} does for many. What cannot be read or decoded is no error, but a {@link Square}
 * with the reason.
 *
 * @param size of the squares, in pixels
 * @param hadoop opens paths
 */
public record SquareReader(int size, DecodeOptions options, Configuration hadoop) {
  private static Row row(String path) {
    return new GenericRowWithSchema(new Object[] {0, path, 0, "", null, null}, ImageSource.SCHEMA);
  }

  /** Of an image in a listing: a row of {@link ImageSource.Listing#images}. */
  public Square read(Row listed) {
    return Square.of(Decoder.decode(listed, options, Decoder.NOT_KNOWN, this::square, hadoop));
  }

  /** Of an image at a path that Hadoop opens. */
  public Square read(String path) {
    try {
      return read(row(path));
    } catch (IllegalArgumentException e) { // Hadoop's, of what is no path
      return new Square(Optional.empty(), Reason.UNREADABLE.text(), Archive.why(e));
    }
  }

  /** Of the content of an image file. */
  public Square decode(byte[] content) {
    return Square.of(Decoder.decode(row(""), content, options, Decoder.NOT_KNOWN, this::square));
  }

  private byte[] square(byte[] content, RgbImage image) {
    return image.square(size);
  }
}
