package dev.kennel.dataset;

import dev.kennel.config.ImageSettings;
import dev.kennel.dataset.Decoder.Decoded;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;

/** A few images, to look at: listed and decoded as for training, but here and without Spark. */
public final class PickedImages {
  private PickedImages() {}

  /**
   * Images spread over a listing: the first readable one of each of {@code count} equal parts. None
   * is meant for testing, where the images are split already.
   *
   * @param settings folders or archives, with or without lists; no manifest
   * @param staging where a compressed tar is unpacked
   * @param size the one size of their pixels
   * @return as a training has them, with the same ids; fewer where there are fewer
   * @throws dev.kennel.config.UserError as {@link ImageFolder#list} does
   */
  public static List<PreparedImage> of(
      Configuration hadoop, ImageSettings settings, String staging, int size, int count) {
    List<Row> rows =
        ImageFolder.rows(hadoop, settings, staging).stream()
            .map(PickedImages::named)
            .filter(row -> !"test".equals(row.getAs("split")))
            .toList();
    List<PreparedImage> picked = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      int from = (int) ((long) rows.size() * part / count);
      int end = (int) ((long) rows.size() * (part + 1) / count);
      rows.subList(from, end).stream()
          .map(row -> Decoder.decode(row, List.of(size), hadoop))
          .filter(decoded -> !decoded.file().isRejected())
          .findFirst()
          .map(PickedImages::prepared)
          .ifPresent(picked::add);
    }
    return picked;
  }

  private static PreparedImage prepared(Decoded image) {
    ImageFile file = image.file();
    return new PreparedImage(file.id(), file.path(), file.label(), image.pixels());
  }

  /** The row with the names of its columns, which a DataFrame would give it. */
  private static Row named(Row row) {
    Object[] values = IntStream.range(0, row.size()).mapToObj(row::get).toArray();
    return new GenericRowWithSchema(values, ImageFolder.SCHEMA);
  }
}
