package dev.kennel.table;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Makes the columns of a table, each with a comment, and says which Java values they take. */
final class Columns {

  private static final DataType LABELS = DataTypes.createArrayType(DataTypes.IntegerType);

  private static final Map<DataType, Class<?>> VALUES =
      Map.of(
          DataTypes.StringType,
          String.class,
          DataTypes.IntegerType,
          Integer.class,
          DataTypes.LongType,
          Long.class,
          DataTypes.DoubleType,
          Double.class,
          DataTypes.TimestampType,
          Instant.class,
          LABELS,
          Seq.class);

  /** Where a column's metadata tells the version it came with. */
  static final String SINCE = "since";

  private Columns() {}

  static StructField text(String name, String comment) {
    return column(name, DataTypes.StringType, comment);
  }

  static StructField integer(String name, String comment) {
    return column(name, DataTypes.IntegerType, comment);
  }

  static StructField count(String name, String comment) {
    return column(name, DataTypes.LongType, comment);
  }

  static StructField figure(String name, String comment) {
    return column(name, DataTypes.DoubleType, comment);
  }

  static StructField time(String name, String comment) {
    return column(name, DataTypes.TimestampType, comment);
  }

  static StructField labels(String name, String comment) {
    return column(name, LABELS, comment);
  }

  static StructField optional(StructField column) {
    return new StructField(column.name(), column.dataType(), true, column.metadata());
  }

  /** The column as one that the tables have from a later version on. */
  static StructField since(int version, StructField column) {
    Metadata metadata =
        new MetadataBuilder().withMetadata(column.metadata()).putLong(SINCE, version).build();
    return new StructField(column.name(), column.dataType(), column.nullable(), metadata);
  }

  private static StructField column(String name, DataType type, String comment) {
    return since(1, new StructField(name, type, false, Metadata.empty()).withComment(comment));
  }

  /** The value as a row holds it: widened to the column's type, a list as Spark's sequence. */
  static Object widen(StructField column, Object value) {
    DataType type = column.dataType();
    if (value instanceof Integer number && type.equals(DataTypes.LongType)) {
      return number.longValue();
    }
    if (value instanceof Float number && type.equals(DataTypes.DoubleType)) {
      return number.doubleValue();
    }
    if (value instanceof List<?> list && type.equals(LABELS)) {
      return JavaConverters.asScalaBuffer(list).toList();
    }
    return value;
  }

  static boolean takes(StructField column, Object value) {
    if (value instanceof Seq<?> labels && column.dataType().equals(LABELS)) {
      return JavaConverters.seqAsJavaList(labels).stream().allMatch(Integer.class::isInstance);
    }
    return Objects.requireNonNull(VALUES.get(column.dataType())).isInstance(value);
  }
}
