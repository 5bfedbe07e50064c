package dev.kennel.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Rows as columns beside each other, two spaces between. */
final class RowsTable {

  private static final int GAP = 2;
  private static final int LEAST = 12; // what is left of a text that is cut, at least

  private final List<Column> columns = new ArrayList<>();
  private final int rows;

  private RowsTable(StructType columns, List<Row> rows) {
    for (int i = 0; i < columns.length(); i++) {
      int index = i;
      List<String> cells = rows.stream().map(row -> CellText.of(row.get(index))).toList();
      this.columns.add(new Column(columns.fields()[i], cells));
    }
    this.rows = rows.size();
  }

  static void write(
      StructType columns, Iterator<Row> rows, OptionalInt terminalWidth, Appendable out)
      throws IOException {
    if (columns.isEmpty()) {
      return;
    }
    List<Row> all = new ArrayList<>();
    rows.forEachRemaining(all::add);
    RowsTable table = new RowsTable(columns, all);
    int limit = terminalWidth.orElse(Integer.MAX_VALUE);
    boolean isCut = table.width() > limit;
    if (isCut && !table.cutTo(limit) && !all.isEmpty()) {
      RowsVertical.write(columns, all.iterator(), out);
      out.append("(the terminal is too narrow for a table of these columns)\n");
      return;
    }
    table.write(out);
    out.append(
        isCut
            ? "(%s; cut to fit, format vertical shows all)\n".formatted(number(all.size()))
            : count(all.size()) + "\n");
  }

  static String count(int rows) {
    return "(" + number(rows) + ")";
  }

  private static String number(int rows) {
    return rows + (rows == 1 ? " row" : " rows");
  }

  private int width() {
    return columns.stream().mapToInt(column -> column.width + GAP).sum() - GAP;
  }

  /** Makes the widest texts narrower, alike, until the table fits; whether it does. */
  private boolean cutTo(int limit) {
    for (int excess = width() - limit; excess > 0; excess = width() - limit) {
      Column widest = null;
      for (Column column : columns) {
        if (!column.isNumber && (widest == null || column.width > widest.width)) {
          widest = column;
        }
      }
      if (widest == null || widest.width <= LEAST) {
        return false;
      }
      widest.width--;
    }
    return true;
  }

  private void write(Appendable out) throws IOException {
    line(columns.stream().map(Column::header).toList(), out);
    line(columns.stream().map(column -> "-".repeat(column.width)).toList(), out);
    for (int i = 0; i < rows; i++) {
      int row = i;
      List<List<String>> cells = columns.stream().map(column -> column.lines(row)).toList();
      int height = cells.stream().mapToInt(List::size).max().orElse(0);
      for (int j = 0; j < height; j++) {
        int line = j;
        line(
            IntStream.range(0, cells.size())
                .mapToObj(
                    column ->
                        line < cells.get(column).size()
                            ? cells.get(column).get(line)
                            : " ".repeat(columns.get(column).width))
                .toList(),
            out);
      }
    }
  }

  private static void line(List<String> cells, Appendable out) throws IOException {
    out.append(String.join(" ".repeat(GAP), cells).stripTrailing()).append('\n');
  }

  /** Texts flush left; numbers with their decimal points below each other. */
  private static final class Column {
    private final String name;
    private final boolean isNumber;
    private final List<String> cells;
    private final int fraction; // widest part from the decimal point on
    private int width;

    Column(StructField column, List<String> cells) {
      this.name = CellText.of(column.name()).replace('\n', ' ');
      this.isNumber = column.dataType() instanceof NumericType;
      this.cells = cells;
      this.fraction = isNumber ? widest(cells.stream().map(Column::fraction)) : 0;
      this.width =
          Math.max(
              CellText.width(name),
              isNumber ? number() : widest(cells.stream().flatMap(String::lines)));
    }

    private int number() {
      return fraction
          + widest(
              cells.stream()
                  .map(cell -> cell.substring(0, cell.length() - fraction(cell).length())));
    }

    private static int widest(java.util.stream.Stream<String> texts) {
      return texts.mapToInt(CellText::width).max().orElse(0);
    }

    private static String fraction(String number) {
      int point = number.indexOf('.');
      return point < 0 ? "" : number.substring(point);
    }

    String header() {
      String cut = CellText.cut(name, width);
      return isNumber ? left(cut) : right(cut);
    }

    List<String> lines(int row) {
      String cell = cells.get(row);
      if (isNumber) {
        return List.of(left(cell + " ".repeat(fraction - fraction(cell).length())));
      }
      return cell.lines().map(line -> right(CellText.cut(line, width))).toList();
    }

    private String left(String text) {
      return " ".repeat(width - CellText.width(text)) + text;
    }

    private String right(String text) {
      return text + " ".repeat(width - CellText.width(text));
    }
  }
}
