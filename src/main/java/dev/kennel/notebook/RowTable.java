package dev.kennel.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
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

  private final List<String> names = new ArrayList<>();
  private final List<Boolean> numbers = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();
  private final String note;

  private RowTable(StructType schema, List<Row> rows, String note) {
    for (StructField column : schema.fields()) {
      names.add(column.name());
      numbers.add(column.dataType() instanceof NumericType);
    }
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        cells.add(CellValue.text(row.get(i)));
      }
      this.rows.add(cells);
    }
    this.note = note;
  }

  /** At most that many rows of a result, and below them whether there are more. */
  static DisplayData of(Dataset<Row> result, int most) {
    List<Row> found = result.takeAsList(most + 1);
    boolean hasMore = found.size() > most;
    String note =
        hasMore
            ? "The first %d rows; %%%%sql rows=%d at the top of the cell shows more."
                .formatted(most, 10L * most)
            : found.isEmpty() ? "No rows." : "";
    return of(result.schema(), hasMore ? found.subList(0, most) : found, note);
  }

  static DisplayData of(StructType schema, List<Row> rows, String note) {
    RowTable table = new RowTable(schema, rows, note);
    DisplayData display = new DisplayData(table.text());
    display.putHTML(table.html());
    return display;
  }

  static String text(StructType schema, List<Row> rows, String note) {
    return new RowTable(schema, rows, note).text();
  }

  private String html() {
    StringBuilder html = new StringBuilder("<table class=\"dataframe\" border=\"1\">\n<thead>\n");
    line(html, "th", names);
    html.append("</thead>\n<tbody>\n");
    rows.forEach(row -> line(html, "td", row));
    html.append("</tbody>\n</table>");
    return note.isEmpty() ? html.toString() : html + "\n<p>" + escaped(note) + "</p>";
  }

  private void line(StringBuilder html, String tag, List<String> cells) {
    html.append("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      // In the element itself: Jupyter and what shows notebooks elsewhere drop style sheets.
      String side = numbers.get(i) ? "right" : "left";
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

  private String text() {
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      int column = i;
      int widest = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
      widths.add(Math.max(widest, names.get(i).length()));
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(names, widths));
    lines.add(widths.stream().map("-"::repeat).collect(Collectors.joining("  ")));
    rows.forEach(row -> lines.add(line(row, widths)));
    if (!note.isEmpty()) {
      lines.add(note);
    }
    return String.join("\n", lines);
  }

  private String line(List<String> cells, List<Integer> widths) {
    List<String> padded = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      String space = " ".repeat(widths.get(i) - cells.get(i).length());
      padded.add(numbers.get(i) ? space + cells.get(i) : cells.get(i) + space);
    }
    return String.join("  ", padded).stripTrailing();
  }
}
