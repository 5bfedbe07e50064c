package dev.kennel.table;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads many files of a few rows, with Parquet's own reader: Spark's takes several times as long
 * for a file, a third of it to copy Hadoop's thousand settings, which tells where each epoch has
 * one.
 */
final class SmallFiles {

  private SmallFiles() {}

  /**
   * The rows of the Parquet files in some folders, each folder read by one task.
   *
   * @param folders of runs, by the runs' names; one that is absent has no rows
   * @param schema {@code run_id} first, then texts, numbers and counts; what a file lacks is null
   */
  static JavaRDD<Row> read(JavaSparkContext spark, List<RunFolder> folders, StructType schema) {
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    return spark
        .parallelize(folders)
        .flatMap(folder -> read(folder, schema, hadoop.value().value()).iterator());
  }

  /** Where the rows of a run are. */
  record RunFolder(String runId, String folder) implements java.io.Serializable {}

  private static List<Row> read(RunFolder of, StructType schema, Configuration hadoop)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (FileStatus file : list(new Path(of.folder), hadoop)) {
      if (!isTable(file.getPath().getName())) {
        continue;
      }
      try (ParquetReader<Group> groups = reader(HadoopInputFile.fromStatus(file, hadoop))) {
        for (Group group = groups.read(); group != null; group = groups.read()) {
          rows.add(row(of.runId, group, schema));
        }
      }
    }
    return rows;
  }

  /** Hidden files are none, as for Spark. */
  private static boolean isTable(String name) {
    return name.endsWith(".parquet") && !name.startsWith(".") && !name.startsWith("_");
  }

  private static FileStatus[] list(Path folder, Configuration hadoop) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    try {
      return files.listStatus(folder);
    } catch (FileNotFoundException absent) {
      return new FileStatus[0];
    }
  }

  private static ParquetReader<Group> reader(InputFile file) throws IOException {
    return new ParquetReader.Builder<Group>(file) {
      @Override
      protected ReadSupport<Group> getReadSupport() {
        return new GroupReadSupport();
      }
    }.build();
  }

  private static Row row(String runId, Group group, StructType schema) {
    StructField[] columns = schema.fields();
    Object[] values = new Object[columns.length];
    values[0] = runId;
    for (int i = 1; i < columns.length; i++) {
      String name = columns[i].name();
      if (group.getType().containsField(name) && group.getFieldRepetitionCount(name) > 0) {
        values[i] = value(group, name, columns[i].dataType());
      }
    }
    return RowFactory.create(values);
  }

  private static Object value(Group group, String column, DataType type) {
    if (type.equals(DataTypes.StringType)) {
      return group.getString(column, 0);
    }
    if (type.equals(DataTypes.IntegerType)) {
      return group.getInteger(column, 0);
    }
    if (type.equals(DataTypes.LongType)) {
      return group.getLong(column, 0);
    }
    if (type.equals(DataTypes.DoubleType)) {
      return group.getDouble(column, 0);
    }
    throw new IllegalArgumentException("Cannot read column " + column + ": it is of type " + type);
  }
}
