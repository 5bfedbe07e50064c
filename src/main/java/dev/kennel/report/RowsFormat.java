package dev.kennel.report;

import java.io.IOException;
import java.util.Iterator;
import java.util.OptionalInt;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * How rows of any query are written down. Times are in UTC, in ISO 8601; bytes in hexadecimal.
 *
 * <ul>
 *   <li>{@code TABLE}: aligned columns for people, and the number of rows. Figures are rounded to
 *       six digits. Where it is too wide for a terminal, long texts are cut in their middle; where
 *       that does not help, the rows are written as by {@code VERTICAL}. Either is said below it.
 *   <li>{@code VERTICAL}: a line for each column of each row, nothing cut, and the number of rows.
 *   <li>{@code CSV}: RFC 4180 with a header, but each line ends with a line feed alone; an absent
 *       value is empty, a list or a map is written as JSON.
 *   <li>{@code JSON}: an object a row, each in a line of its own; a figure that is no number is
 *       null.
 * </ul>
 */
public enum RowsFormat {
  TABLE {
    @Override
    public void write(
        StructType columns, Iterator<Row> rows, OptionalInt terminalWidth, Appendable out)
        throws IOException {
      RowsTable.write(columns, rows, terminalWidth, out);
    }
  },
  VERTICAL {
    @Override
    public void write(
        StructType columns, Iterator<Row> rows, OptionalInt terminalWidth, Appendable out)
        throws IOException {
      RowsVertical.write(columns, rows, out);
    }
  },
  CSV {
    @Override
    public void write(
        StructType columns, Iterator<Row> rows, OptionalInt terminalWidth, Appendable out)
        throws IOException {
      RowsCsv.write(columns, rows, out);
    }
  },
  JSON {
    @Override
    public void write(
        StructType columns, Iterator<Row> rows, OptionalInt terminalWidth, Appendable out)
        throws IOException {
      RowsJson.write(columns, rows, out);
    }
  };

  /** Whether it is for people to look at, rather than for programs to read. */
  public boolean isForPeople() {
    return this == TABLE || this == VERTICAL;
  }

  /**
   * Writes rows.
   *
   * @param columns the rows' schema; without columns nothing is written
   * @param terminalWidth columns of the terminal that {@code out} is; empty if it is none
   */
  public abstract void write(
      StructType columns, Iterator<Row> rows, OptionalInt terminalWidth, Appendable out)
      throws IOException;
}
