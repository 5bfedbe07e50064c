package dev.kennel.table;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;

/**
 * A row in the making, filled by column name and checked against the table's schema.
 *
 * <p>Text takes a {@code String}, a time an {@code Instant}, labels a {@code List<Integer>}; an
 * {@code int} is widened to a count and a {@code float} to a figure. What is absent is not set.
 */
public final class RowBuilder {

  private final Table table;
  private final Object[] values;

  RowBuilder(Table table) {
    this.table = table;
    this.values = new Object[table.schema().length()];
  }

  /**
   * Sets one column.
   *
   * @throws IllegalArgumentException if the table has no such column, the column cannot hold the
   *     value, or it was set before
   */
  public RowBuilder set(String name, Object value) {
    int index = index(name);
    StructField column = table.schema().fields()[index];
    if (values[index] != null) {
      throw wrong(name + " was set before");
    }
    Object widened = Columns.widen(column, value);
    check(table, column, widened);
    values[index] = widened;
    return this;
  }

  /**
   * The row, in the order of the schema.
   *
   * @throws IllegalArgumentException if a column that cannot be absent was not set
   */
  public Row build() {
    StructField[] columns = table.schema().fields();
    List<String> missing =
        IntStream.range(0, columns.length)
            .filter(i -> values[i] == null && !columns[i].nullable())
            .mapToObj(i -> columns[i].name())
            .toList();
    if (!missing.isEmpty()) {
      throw wrong("no value for " + String.join(", ", missing));
    }
    return RowFactory.create(values.clone());
  }

  private int index(String name) {
    List<String> names = Arrays.asList(table.schema().fieldNames());
    int index = names.indexOf(name);
    if (index < 0) {
      throw wrong("no column " + name + "; there are " + String.join(", ", names));
    }
    return index;
  }

  private IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException(
        "Cannot make a row of %s: %s".formatted(table.tableName(), why));
  }

  /** Checks a row that may have been made without this class. */
  static void check(Table table, Row row) {
    StructField[] columns = table.schema().fields();
    if (row.length() != columns.length) {
      throw new IllegalArgumentException(
          "Cannot use %s as a row of %s: it has %d values for %d columns: %s"
              .formatted(
                  row,
                  table.tableName(),
                  row.length(),
                  columns.length,
                  Arrays.stream(columns).map(StructField::name).collect(Collectors.joining(", "))));
    }
    for (int i = 0; i < columns.length; i++) {
      if (!(columns[i].nullable() && row.isNullAt(i))) {
        check(table, columns[i], row.get(i));
      }
    }
  }

  private static void check(Table table, StructField column, Object value) {
    if (!Columns.takes(column, value)) {
      throw new IllegalArgumentException(
          "Cannot put %s%s into %s.%s: it holds %s"
              .formatted(
                  value == null ? "" : value.getClass().getSimpleName() + " ",
                  Objects.toString(value, "nothing"),
                  table.tableName(),
                  column.name(),
                  column.dataType().simpleString()));
    }
  }
}
