package dev.kennel.dataset;

import dev.kennel.config.ManifestSettings;
import dev.kennel.config.NearestName;
import dev.kennel.config.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Reads which images there are from a table: a CSV, TSV or JSON file, Parquet, or any table that
 * the session knows by name. A row names an image's path and its class and, if it is given, whether
 * it is for training or for testing.
 */
final class Manifest {
  private static final String CSV = "csv";

  /**
   * A row.
   *
   * @param path of the image, absolute
   * @param className its class
   * @param split one of {@link Split#NAMES}, if it is given
   */
  record Image(String path, String className, Optional<String> split) {}

  private final String doing; // what errors begin with
  private final ManifestSettings settings;
  private final Dataset<Row> table;

  private Manifest(String doing, ManifestSettings settings, Dataset<Row> table) {
    this.doing = doing;
    this.settings = settings;
    this.table = table;
  }

  /**
   * The images of a manifest, sorted by split, class and path.
   *
   * @param base where relative paths begin; else where the manifest is
   * @throws UserError if it cannot be read, lacks a column, or a row has no value there
   */
  static List<Image> read(SparkSession spark, ManifestSettings settings, Optional<String> base) {
    Manifest manifest =
        new Manifest("Cannot train on the manifest ", settings, table(spark, settings.table()));
    boolean isSplit = manifest.has(settings.splitColumn());
    List<Column> columns = new ArrayList<>();
    columns.add(manifest.column("path-column", settings.pathColumn()));
    columns.add(manifest.column("label-column", settings.labelColumn()));
    columns.add(
        isSplit
            ? manifest.column("split-column", settings.splitColumn())
            : functions.lit("").as("split"));
    String folder = base.orElseGet(() -> folderOf(spark, settings.table()));
    List<Image> images = new ArrayList<>();
    for (Row row : manifest.table.select(columns.toArray(Column[]::new)).collectAsList()) {
      images.add(manifest.image(row, isSplit, folder));
    }
    if (images.isEmpty()) {
      throw new UserError(manifest.cannot() + "it has no rows");
    }
    if (images.stream().map(Image::className).distinct().limit(2).count() < 2) {
      throw new UserError(
          "%sall its rows are of the class %s; a classifier needs two or more"
              .formatted(manifest.cannot(), images.get(0).className()));
    }
    images.sort(
        Comparator.comparing((Image image) -> image.split.map(Split.NAMES::indexOf).orElse(0))
            .thenComparing(Image::className)
            .thenComparing(Image::path));
    return images;
  }

  /**
   * The paths of a manifest alone, in its order.
   *
   * @throws UserError if it cannot be read, lacks the column, or a row has no path
   */
  static List<String> paths(SparkSession spark, String name, String pathColumn) {
    ManifestSettings settings = new ManifestSettings(name, pathColumn, "", "");
    Manifest manifest = new Manifest("Cannot read the manifest ", settings, table(spark, name));
    String folder = folderOf(spark, name);
    Column column = manifest.column("path-column", pathColumn);
    List<String> paths =
        manifest.table.select(column).collectAsList().stream()
            .map(row -> absolute(folder, manifest.value(row, 0, pathColumn)))
            .toList();
    if (paths.isEmpty()) {
      throw new UserError(manifest.cannot() + "it has no rows");
    }
    return paths;
  }

  private static Dataset<Row> table(SparkSession spark, String name) {
    try {
      return switch (format(name)) {
        case CSV -> spark.read().option("header", true).csv(name);
        case "tsv" -> spark.read().option("header", true).option("sep", "\t").csv(name);
        case "json" -> spark.read().json(name);
        default -> isTable(spark, name) ? spark.table(name) : spark.read().load(name);
      };
    } catch (Exception e) { // Spark's own are checked, and not declared
      if (e instanceof AnalysisException || e instanceof RuntimeException) {
        String why = e.getMessage().lines().findFirst().orElse("");
        throw new UserError("Cannot read the manifest " + name + ": " + why, e);
      }
      throw e;
    }
  }

  private static boolean isTable(SparkSession spark, String name) {
    return !name.contains("/") && spark.catalog().tableExists(name);
  }

  private static String format(String name) {
    String lower = name.toLowerCase(Locale.ROOT).replaceAll("\\.(gz|bz2)$", "");
    String ending = lower.substring(lower.lastIndexOf('.') + 1);
    return ending.equals("jsonl") || ending.equals("ndjson") ? "json" : ending;
  }

  private static String folderOf(SparkSession spark, String name) {
    Path parent = new Path(name).getParent();
    return parent == null || isTable(spark, name) ? "" : parent.toString();
  }

  private boolean has(String column) {
    return Arrays.asList(table.columns()).contains(column);
  }

  private Column column(String setting, String name) {
    if (!has(name)) {
      List<String> columns = Arrays.asList(table.columns());
      throw new UserError(
          "%sit has no column %s, only %s; name it by --%s%s"
              .formatted(
                  cannot(),
                  name,
                  String.join(", ", columns),
                  setting,
                  NearestName.of(name, columns).map(near -> " " + near).orElse("")));
    }
    return table.col("`" + name.replace("`", "``") + "`").cast("string");
  }

  private Image image(Row row, boolean isSplit, String folder) {
    String path = value(row, 0, settings.pathColumn());
    String className = value(row, 1, settings.labelColumn());
    Optional<String> split = Optional.empty();
    if (isSplit) {
      String side = value(row, 2, settings.splitColumn());
      if (!Split.NAMES.contains(side)) {
        throw new UserError(
            "%sits column %s holds %s; it takes train, validation and test"
                .formatted(cannot(), settings.splitColumn(), side));
      }
      split = Optional.of(side);
    }
    return new Image(absolute(folder, path), className, split);
  }

  private static String absolute(String folder, String path) {
    boolean isAbsolute = folder.isEmpty() || new Path(path).isAbsolute() || path.contains("://");
    return isAbsolute ? path : folder + "/" + path;
  }

  private String value(Row row, int index, String column) {
    String value = row.getString(index);
    if (value == null || value.isBlank()) {
      throw new UserError("%sthe row %s has no %s".formatted(cannot(), row.mkString(", "), column));
    }
    return value.strip();
  }

  private String cannot() {
    return doing + settings.table() + ": ";
  }
}
