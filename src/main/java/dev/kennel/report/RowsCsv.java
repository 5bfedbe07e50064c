package dev.kennel.report;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Rows as comma-separated values. */
final class RowsCsv {

  private RowsCsv() {}

  static void write(StructType columns, Iterator<Row> rows, Appendable out) throws IOException {
    if (columns.isEmpty()) {
      return;
    }
    line(Arrays.asList(columns.fieldNames()), out);
    while (rows.hasNext()) {
      Row row = rows.next();
      line(
          IntStream.range(0, columns.length())
              .mapToObj(i -> row.isNullAt(i) ? "" : Values.text(row.get(i)))
              .toList(),
          out);
    }
  }

  private static void line(List<String> fields, Appendable out) throws IOException {
    for (int i = 0; i < fields.size(); i++) {
      out.append(i == 0 ? "" : ",").append(field(fields.get(i)));
    }
    // A line with nothing in it would be read as no row at all.
    out.append(fields.size() == 1 && fields.get(0).isEmpty() ? "\"\"\n" : "\n");
  }

  /** A field, between quotes where it must be. */
  static String field(String text) {
    boolean isPlain = text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
    return isPlain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
