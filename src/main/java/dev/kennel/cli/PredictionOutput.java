package dev.kennel.cli;

import dev.kennel.config.UserError;
import dev.kennel.model.ListingPredictions;
import dev.kennel.report.RowsFormat;
import dev.kennel.shell.Terminals;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Where predictions go, and how they are written. A file appears when it is whole. */
final class PredictionOutput {
  /** What people read: a line an image. */
  private static final StructType TABLE =
      new StructType()
          .add("path", DataTypes.StringType)
          .add("class", DataTypes.StringType)
          .add("probability", DataTypes.StringType)
          .add("next best, or why there is none", DataTypes.StringType);

  private final PredictionFormat format;
  private final Optional<Path> file;
  private final Configuration hadoop;

  private PredictionOutput(PredictionFormat format, Optional<Path> file, Configuration hadoop) {
    this.format = format;
    this.file = file;
    this.hadoop = hadoop;
  }

  /**
   * An output, checked as far as it can be before there are predictions.
   *
   * @throws UserError if the file exists, or Parquet is to go to standard output
   */
  static PredictionOutput of(
      Optional<PredictionFormat> format, Optional<String> file, Configuration hadoop) {
    PredictionFormat chosen =
        format.orElseGet(() -> file.map(PredictionFormat::of).orElse(PredictionFormat.TABLE));
    if (chosen == PredictionFormat.PARQUET && file.isEmpty()) {
      throw new UserError("Cannot write Parquet to standard output: name a --file");
    }
    try {
      Optional<Path> path = file.map(Path::new);
      if (path.isPresent()) {
        check(path.get(), hadoop);
      }
      return new PredictionOutput(chosen, path, hadoop);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError("Cannot write %s: %s".formatted(file.orElse(""), e.getMessage()), e);
    }
  }

  /** Before hours of work: whether the file can be written. */
  private static void check(Path file, Configuration hadoop) throws IOException {
    FileSystem files = files(file, hadoop);
    if (files.exists(file)) {
      throw new UserError(
          "Cannot write %s: it exists already; remove it or name another".formatted(file));
    }
    Path probe = aside(file);
    files.create(probe).close();
    files.delete(probe, false);
  }

  /** Without the files of checksums that Hadoop keeps beside local ones. */
  private static FileSystem files(Path file, Configuration hadoop) throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    return files instanceof LocalFileSystem local ? local.getRaw() : files;
  }

  private static Path aside(Path file) {
    return new Path(file.getParent(), "." + file.getName() + "." + UUID.randomUUID());
  }

  /** Writes rows of {@link ListingPredictions#SCHEMA}. */
  void write(SparkSession spark, JavaRDD<Row> rows) throws IOException {
    if (file.isEmpty()) {
      Writer out = new OutputStreamWriter(System.out, StandardCharsets.UTF_8);
      write(rows.toLocalIterator(), Terminals.width(), out);
      out.flush();
      return;
    }
    Path finished = file.get();
    Path unfinished = aside(finished);
    FileSystem files = files(finished, hadoop);
    try {
      if (format == PredictionFormat.PARQUET) {
        spark
            .createDataFrame(rows, ListingPredictions.SCHEMA)
            .write()
            .parquet(unfinished.toString());
      } else {
        try (OutputStream bytes = files.create(unfinished);
            Writer out =
                new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8))) {
          write(rows.toLocalIterator(), OptionalInt.empty(), out);
        }
      }
      if (files.exists(finished) || !files.rename(unfinished, finished)) {
        throw new IOException("it has come to exist meanwhile");
      }
    } catch (IOException e) {
      throw new UserError("Cannot write %s: %s".formatted(finished, e.getMessage()), e);
    } finally {
      files.delete(unfinished, true);
    }
  }

  private void write(Iterator<Row> rows, OptionalInt width, Appendable out) throws IOException {
    switch (format) {
      case CSV -> RowsFormat.CSV.write(ListingPredictions.SCHEMA, rows, width, out);
      case JSON -> RowsFormat.JSON.write(ListingPredictions.SCHEMA, rows, width, out);
      default -> RowsFormat.TABLE.write(TABLE, new Lines(rows), width, out);
    }
  }

  /** Rows as people read them. */
  private record Lines(Iterator<Row> rows) implements Iterator<Row> {
    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Row next() {
      Row row = rows.next();
      if (row.isNullAt(row.fieldIndex("predicted_class"))) {
        return RowFactory.create(
            row.getAs("path"), "", "", row.getAs("reason") + ": " + row.getAs("detail"));
      }
      List<String> classes = row.getList(row.fieldIndex("top5_classes"));
      List<Double> probabilities = row.getList(row.fieldIndex("top5_probabilities"));
      return RowFactory.create(
          row.getAs("path"),
          classes.get(0),
          percent(probabilities.get(0)),
          IntStream.range(1, classes.size())
              .mapToObj(i -> classes.get(i) + " " + percent(probabilities.get(i)))
              .collect(Collectors.joining(", ")));
    }

    private static String percent(double share) {
      return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
  }
}
