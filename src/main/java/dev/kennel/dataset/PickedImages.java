package dev.kennel.dataset;

import dev.kennel.config.ImageSettings;
import dev.kennel.dataset.Decoder.Decoded;
import dev.kennel.image.DecodeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;

/** A few images, to look at: listed and decoded as for training, but here and without Spark. */
public final class PickedImages {
  /**
   * One of them.
   *
   * @param path where it lies
   * @param image as a training has it; its index is its place among those that were picked
   */
  public record Picked(String path, PreparedImage image) {}

  private PickedImages() {}

  /**
   * Images spread over a listing: the first readable one of each of {@code count} equal parts. None
   * is meant for testing, where the images are split already.
   *
   * @param settings folders or archives, with or without lists; no manifest
   * @param staging where a compressed tar is unpacked
   * @param size the one size of their pixels
   * @return fewer where there are fewer
   * @throws dev.kennel.config.UserError as {@link ImageSource#list} does
   */
  public static List<Picked> of(
      Configuration hadoop, ImageSettings settings, String staging, int size, int count) {
    List<Row> rows =
        ImageSource.rows(hadoop, settings, staging).stream()
            .map(PickedImages::named)
            .filter(row -> !"test".equals(row.getAs("split")))
            .toList();
    DecodeOptions options = PreparedImages.options(settings, List.of(size));
    List<Picked> picked = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      int from = (int) ((long) rows.size() * part / count);
      int end = (int) ((long) rows.size() * (part + 1) / count);
      rows.subList(from, end).stream()
          .map(
              row -> Decoder.decode(row, List.of(size), options, known -> Optional.empty(), hadoop))
          .filter(decoded -> !decoded.file().isRejected())
          .findFirst()
          .map(decoded -> picked(decoded, picked.size()))
          .ifPresent(picked::add);
    }
    return picked;
  }

  private static Picked picked(Decoded decoded, int index) {
    ImageFile file = decoded.file();
    byte[] pixels = decoded.pixels()[0];
    return new Picked(file.path(), new PreparedImage(file.id(), index, file.label(), pixels));
  }

  /** The row with the names of its columns, which a DataFrame would give it. */
  private static Row named(Row row) {
    Object[] values = IntStream.range(0, row.size()).mapToObj(row::get).toArray();
    return new GenericRowWithSchema(values, ImageSource.SCHEMA);
  }
}
