package dev.kennel.report;

import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Rows with a line for each column. */
final class RowsVertical {

  private RowsVertical() {}

  static void write(StructType columns, Iterator<Row> rows, Appendable out) throws IOException {
    if (columns.isEmpty()) {
      return;
    }
    int count = 0;
    while (rows.hasNext()) {
      count++;
      out.append(count == 1 ? "" : "\n");
      row(columns, rows.next(), count, out);
    }
    out.append(RowsTable.count(count)).append('\n');
  }

  private static void row(StructType columns, Row row, int number, Appendable out)
      throws IOException {
    int width = Stream.of(columns.fieldNames()).mapToInt(CellText::width).max().orElse(0);
    out.append("row ").append(String.valueOf(number)).append('\n');
    for (int i = 0; i < columns.length(); i++) {
      String name = columns.fieldNames()[i];
      String indent = "\n" + " ".repeat(width + 4);
      out.append("  ")
          .append(name)
          .append(" ".repeat(width - CellText.width(name) + 2))
          .append(CellText.of(row.get(i)).replace("\n", indent))
          .append('\n');
    }
  }
}
