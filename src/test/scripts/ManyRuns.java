import dev.kennel.table.Table;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Writes tables of many runs, as big as real ones: see {@code many-runs.sh}. */
final class ManyRuns {
  private static final int EPOCHS = 20;
  private static final int IMAGES = 8580;
  private static final int CLASSES = 120;

  private static String folder;

  public static void main(String[] arguments) {
    folder = arguments[0] + "/tables";
    int runs = Integer.parseInt(arguments[1]);
    int repeats = Integer.parseInt(arguments[2]);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[*]")
            .appName("many runs")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            // No files of checksums, as Kennel writes none.
            .config("spark.hadoop.fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
            .getOrCreate()) {
      spark
          .range(runs)
          .selectExpr(
              "id",
              "concat('20261127-', lpad(string(id), 6, '0'), '-0000') AS run_id",
              "if(id DIV %d %% 2 = 0, 'resnet18', 'resfcn18') AS network".formatted(repeats))
          .createOrReplaceTempView("ids");
      write(
          spark.sql(
              """
              SELECT run_id, timestamp_seconds(1764259200 + id * 600) AS started_at,
                timestamp_seconds(1764259800 + id * 600) AS finished_at, 'finished' AS status,
                string(null) AS failure, 'local[*]' AS master, 2 AS workers, id AS seed,
                20580L AS images, 12000L AS train_images, 0L AS validation_images,
                %dL AS test_images, %d AS classes,
                to_json(named_struct('learning-rate', 0.001 * (1 + id DIV %d), 'seed', id))
                  AS settings,
                '0.1.0' AS kennel_version, '0' AS git_commit, '3.5' AS spark_version,
                '1' AS dl4j_version, '17' AS java_version, 'made up' AS cpu
              FROM ids"""
                  .formatted(IMAGES, CLASSES, repeats)),
          Table.RUNS,
          1);
      spark
          .sql(
              """
              SELECT run_id, network, 'test' AS split,
                concat('hdfs://host/stanford-dogs/Images/n020', image %% %2$d, '-breed-', image %% %2$d,
                  '/n020', image %% %2$d, '_', image, '.jpg') AS path,
                int(image %% %2$d) AS label, concat('breed-', image %% %2$d) AS class_name,
                predicted AS predicted_label, concat('breed-', predicted) AS predicted_class,
                0.2D + 0.7D * pmod(hash(run_id, image), 997) / 997 AS probability, 1.0D AS loss,
                array(predicted) AS top5_labels
              FROM (
                SELECT *, if(pmod(hash(run_id, image, 'right'), 1000) < 400 + id, int(image %% %2$d),
                  pmod(hash(run_id, image, 'wrong'), %2$d)) AS predicted
                FROM ids, (SELECT id AS image FROM range(%1$d)))"""
                  .formatted(IMAGES, CLASSES))
          .createOrReplaceTempView("predictions");
      write(spark.table("predictions"), Table.PREDICTIONS, 1);
      write(
          spark.sql(
              """
              SELECT run_id, network, int(epoch) AS epoch, split, if(split = 'train', 12000L, %dL)
                AS examples, 4.0D / epoch AS loss, final * epoch / 20 AS accuracy,
                0.9D AS top5_accuracy, 0.5D AS macro_f1, 0.01D AS learning_rate, 30.0D AS seconds,
                400.0D AS images_per_second
              FROM (SELECT run_id, network, avg(int(predicted_label = label)) AS final
                  FROM predictions GROUP BY ALL), (SELECT explode(sequence(1, %d)) AS epoch),
                (SELECT explode(array('train', 'test')) AS split)"""
                  .formatted(IMAGES, EPOCHS)),
          Table.EPOCHS,
          EPOCHS);
      write(
          spark.sql(
              """
              SELECT run_id, network, 11238072L AS parameters, 9600L AS running_statistics,
                224 AS input_size, 3628146688L AS forward_flops_per_image,
                44990688L AS parameter_bytes
              FROM ids"""),
          Table.NETWORKS,
          1);
    }
  }

  /** So many files a run, which are as Kennel's own but for their names. */
  private static void write(Dataset<Row> rows, Table table, int files) {
    StructType schema = new StructType().add("run_id", DataTypes.StringType);
    for (StructField column : table.schema().fields()) {
      schema = schema.add(column);
    }
    Dataset<Row> made =
        rows.sparkSession()
            .createDataFrame(
                rows.selectExpr(
                        Stream.of(schema.fields()).map(column -> value(rows, column)).toArray(String[]::new))
                    .javaRDD(),
                schema);
    Dataset<Row> parted =
        files == 1
            ? made.repartition(made.col("run_id"))
            : made.repartitionByRange(files, made.col("epoch"));
    parted.write().partitionBy("run_id").parquet(folder + "/" + table.tableName());
  }

  /** A column that is not made up is null. */
  private static String value(Dataset<Row> rows, StructField column) {
    return List.of(rows.columns()).contains(column.name())
        ? column.name()
        : "CAST(null AS %s) AS %s".formatted(column.dataType().sql(), column.name());
  }
}
