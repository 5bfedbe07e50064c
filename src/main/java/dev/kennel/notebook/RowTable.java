package dev.kennel.notebook;

import dev.kennel.report.CellText;
import dev.kennel.report.RowsFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** The first rows of a result, as a table in HTML and in plain text. */
final class RowTable {

  /** Rows that are shown where the reader asks for no other number. */
  static final int ROWS = 50;

  private RowTable() {}

  /** At most that many rows of a result, and below them whether there are more. */
  static DisplayData of(Dataset<Row> result, int most) {
    List<Row> found = result.takeAsList(most + 1);
    if (found.size() <= most) {
      return of(result.schema(), found, "");
    }
    String note =
        "The first %d rows; %%%%sql rows=%d at the top of the cell shows more."
            .formatted(most, 10L * most);
    return of(result.schema(), found.subList(0, most), note);
  }

  static DisplayData of(StructType schema, List<Row> rows, String note) {
    DisplayData display = new DisplayData(text(schema, rows, note));
    display.putHTML(html(schema, rows, note));
    return display;
  }

  static String text(StructType schema, List<Row> rows, String note) {
    StringBuilder text = new StringBuilder();
    try {
      RowsFormat.TABLE.write(schema, rows.iterator(), OptionalInt.empty(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // which a StringBuilder does not throw
    }
    return text.append(note).toString().strip();
  }

  private static String html(StructType schema, List<Row> rows, String note) {
    StringBuilder html = new StringBuilder("<table class=\"dataframe\" border=\"1\">\n<thead>\n");
    line(html, "th", schema, Arrays.asList(schema.fieldNames()));
    html.append("</thead>\n<tbody>\n");
    for (Row row : rows) {
      line(
          html,
          "td",
          schema,
          IntStream.range(0, row.length()).mapToObj(i -> CellText.of(row.get(i))).toList());
    }
    html.append("</tbody>\n</table>");
    String below = note.isEmpty() && rows.isEmpty() ? "No rows." : note;
    return below.isEmpty() ? html.toString() : html + "\n<p>" + escaped(below) + "</p>";
  }

  private static void line(StringBuilder html, String tag, StructType schema, List<String> cells) {
    html.append("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      StructField column = schema.fields()[i];
      // In the element itself: Jupyter and what shows notebooks elsewhere drop style sheets.
      String side = column.dataType() instanceof NumericType ? "right" : "left";
      html.append(
          "<%s style=\"text-align: %s\">%s</%s>".formatted(tag, side, escaped(cells.get(i)), tag));
    }
    html.append("</tr>\n");
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
