package dev.kennel.notebook;

import dev.kennel.config.NearestName;
import dev.kennel.config.UserError;
import dev.kennel.report.CellText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/**
 * What a chart shows, as the words behind {@code %%chart} say it.
 *
 * @param kind line, bar, barh, scatter or heatmap
 * @param settings columns and more by name, such as {@code x=epoch}
 */
record Chart(String kind, Map<String, String> settings) {

  static final List<String> KINDS = List.of("line", "bar", "barh", "scatter", "heatmap");

  /** Those that name a column. */
  private static final List<String> COLUMNS = List.of("x", "y", "color", "group", "low", "high");

  static final List<String> SETTINGS =
      Stream.concat(COLUMNS.stream(), Stream.of("title", "width", "height")).toList();

  private static final int MOST = 5_000; // marks that can be told apart, and that SVG bears
  private static final int SHOWN = 20; // rows in plain text

  /** Reads the words. */
  static Chart of(List<String> words) {
    String kind = words.isEmpty() ? "" : words.get(0);
    if (!KINDS.contains(kind)) {
      throw cannot(
          "%s is not a kind of chart; there are %s"
              .formatted(kind.isEmpty() ? "(nothing)" : kind, String.join(", ", KINDS)));
    }
    Map<String, String> settings = new LinkedHashMap<>();
    for (String word : words.subList(1, words.size())) {
      String[] pair = word.split("=", 2);
      if (pair.length < 2 || !SETTINGS.contains(pair[0])) {
        throw cannot(
            "%s is none of %s, each with = and a value"
                .formatted(word, String.join(", ", SETTINGS)));
      }
      settings.put(pair[0], pair[1]);
    }
    for (String needed : kind.equals("heatmap") ? List.of("x", "y", "color") : List.of("x", "y")) {
      if (!settings.containsKey(needed)) {
        throw cannot("a %s chart needs %s=COLUMN".formatted(kind, needed));
      }
    }
    if (settings.containsKey("low") != settings.containsKey("high")) {
      throw cannot("low and high go together");
    }
    return new Chart(kind, settings);
  }

  /** The chart as an image, and the rows behind it as text. */
  DisplayData draw(Dataset<Row> result, ChartPen pen) {
    StructType schema = result.schema();
    check(schema);
    List<Row> rows = result.takeAsList(MOST + 1);
    if (rows.size() > MOST) {
      throw cannot("there are more than %,d rows; take averages, or add LIMIT".formatted(MOST));
    }
    String note =
        rows.size() > SHOWN ? "The first %d of %d rows.".formatted(SHOWN, rows.size()) : "";
    List<Row> shown = rows.subList(0, Math.min(SHOWN, rows.size()));
    DisplayData image = new DisplayData(RowTable.text(schema, shown, note));
    image.putSVG(pen.draw(description(schema, rows), label()));
    return image;
  }

  private void check(StructType schema) {
    List<String> known = Arrays.asList(schema.fieldNames());
    for (String setting : COLUMNS) {
      for (String column : columns(setting)) {
        if (!known.contains(column)) {
          String hint =
              NearestName.of(column, known)
                  .map(near -> "did you mean %s?".formatted(near))
                  .orElse("it has " + String.join(", ", known));
          throw cannot("the query has no column %s; %s".formatted(column, hint));
        }
        boolean isNumber = schema.apply(column).dataType() instanceof NumericType;
        boolean needsNumber =
            setting.matches("low|high") || setting.equals(kind.equals("heatmap") ? "color" : "y");
        if (needsNumber && !isNumber) {
          throw cannot("%s=%s has to be a column of numbers".formatted(setting, column));
        }
      }
    }
    for (String size : List.of("width", "height")) {
      if (!settings.getOrDefault(size, "400").matches("[1-9][0-9]{1,3}")) {
        throw cannot("%s is a number of pixels from 10 to 9999".formatted(size));
      }
    }
  }

  /** Of y there may be several, with commas between. */
  private List<String> columns(String setting) {
    String names = settings.getOrDefault(setting, "");
    if (names.isEmpty()) {
      return List.of();
    }
    return setting.equals("y") ? List.of(names.split(",")) : List.of(names);
  }

  private Map<String, Object> description(StructType schema, List<Row> rows) {
    Map<String, Object> description = new LinkedHashMap<>(settings);
    description.put("kind", kind);
    description.put("ys", columns("y"));
    List<String> names = Arrays.asList(schema.fieldNames());
    description.put("columns", names);
    description.put("xIsNumber", schema.apply(settings.get("x")).dataType() instanceof NumericType);
    List<List<Object>> values = new ArrayList<>();
    for (Row row : rows) {
      List<Object> line = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        Object value = row.get(i);
        line.add(plain(value));
      }
      values.add(line);
    }
    description.put("rows", values);
    return description;
  }

  /** As JSON has it: a number, a text, or null also for a figure that is none. */
  private static Object plain(Object value) {
    if (value instanceof Number number) {
      return Double.isFinite(number.doubleValue()) ? number : null;
    }
    return value == null ? null : CellText.of(value);
  }

  /** What someone is told who cannot see it. */
  private String label() {
    String what = "%s chart: %s by %s".formatted(kind, settings.get("y"), settings.get("x"));
    String color = settings.containsKey("color") ? " and " + settings.get("color") : "";
    return settings.containsKey("title")
        ? settings.get("title") + " (" + what + color + ")"
        : what + color;
  }

  private static UserError cannot(String why) {
    return new UserError("Cannot draw a chart: " + why);
  }
}
