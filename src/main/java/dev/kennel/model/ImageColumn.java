package dev.kennel.model;

import dev.kennel.dataset.Square;
import dev.kennel.dataset.SquareReader;
import dev.kennel.image.UnreadableImageException.Reason;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of a model: images, as paths or contents of files, and what it says of them. */
public final class ImageColumn {
  private ImageColumn() {}

  /**
   * Checks that a schema has such a column.
   *
   * @return its type: string for paths, binary for contents
   * @throws IllegalArgumentException if it has not
   */
  public static DataType check(StructType schema, String column) {
    if (!Arrays.asList(schema.fieldNames()).contains(column)) {
      throw new IllegalArgumentException(
          "Cannot take images from the column %s: there is none, only %s"
              .formatted(column, String.join(", ", schema.fieldNames())));
    }
    DataType type = schema.apply(column).dataType();
    if (!type.equals(DataTypes.StringType) && !type.equals(DataTypes.BinaryType)) {
      throw new IllegalArgumentException(
          "Cannot take images from the column %s: it is of type %s; it takes paths (string) or"
                  .formatted(column, type.simpleString())
              + " contents of image files (binary)");
    }
    return type;
  }

  /**
   * A schema with the columns that a model adds, in this order: those that have a name.
   *
   * @throws IllegalArgumentException if one is there already
   */
  public static StructType added(
      StructType schema,
      String prediction,
      String probability,
      String predictedLabel,
      String error) {
    StructType with = add(schema, prediction, DataTypes.DoubleType);
    with = add(with, probability, SQLDataTypes.VectorType());
    with = add(with, predictedLabel, DataTypes.StringType);
    return add(with, error, DataTypes.StringType);
  }

  private static StructType add(StructType schema, String name, DataType type) {
    if (Arrays.asList(schema.fieldNames()).contains(name)) {
      throw new IllegalArgumentException(
          "Cannot add the column " + name + ": it is there already; name another");
    }
    return name.isEmpty() ? schema : schema.add(name, type, true);
  }

  /** The image of a value of such a column. */
  static Square square(Object value, SquareReader images) {
    if (value == null) {
      return new Square(Optional.empty(), Reason.EMPTY.text(), "null");
    }
    return value instanceof byte[] content ? images.decode(content) : images.read((String) value);
  }
}
