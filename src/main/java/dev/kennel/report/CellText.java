package dev.kennel.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.jline.utils.WCWidth;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** A value of Spark SQL as a person reads it, on a terminal or in a notebook. */
public final class CellText {

  static final String CUT = "…";

  private static final MathContext ROUNDED = new MathContext(6, RoundingMode.HALF_EVEN);
  private static final double SMALL = 1e-4; // below it, powers of ten are easier to read
  private static final double LARGE = 1e15; // above it too

  private CellText() {}

  /**
   * A figure rounded to six digits, a whole number with all of its own, a list with spaces, absence
   * as {@code null}, times in UTC, whole lines of a text.
   */
  public static String of(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return figure(((Number) value).doubleValue());
    }
    if (value instanceof Seq<?> list) {
      return JavaConverters.seqAsJavaList(list).stream()
          .map(CellText::of)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      return JavaConverters.mapAsJavaMap(map).entrySet().stream()
          .map(entry -> of(entry.getKey()) + ": " + of(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value instanceof Row row && row.schema() != null) {
      return List.of(row.schema().fieldNames()).stream()
          .map(name -> Map.entry(name, of(row.get(row.fieldIndex(name)))))
          .map(entry -> entry.getKey() + ": " + entry.getValue())
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return visible(Values.text(value));
  }

  private static String figure(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return Double.isFinite(value) ? "0" : String.valueOf(value);
    }
    double size = Math.abs(value);
    BigDecimal exact = BigDecimal.valueOf(value);
    if (size < SMALL || size >= LARGE) {
      return exact
          .round(ROUNDED)
          .stripTrailingZeros()
          .toString()
          .toLowerCase(java.util.Locale.ROOT);
    }
    // Whole numbers keep all their digits.
    int digits = exact.precision() - exact.scale();
    BigDecimal rounded =
        digits >= ROUNDED.getPrecision()
            ? exact.setScale(0, ROUNDED.getRoundingMode())
            : exact.round(ROUNDED);
    BigDecimal stripped = rounded.stripTrailingZeros();
    return stripped.toPlainString();
  }

  /** Line breaks stay; what else would move the cursor, or do worse, is written as an escape. */
  private static String visible(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder visible = new StringBuilder();
    text.replace("\r\n", "\n")
        .codePoints()
        .forEach(
            c -> {
              if (c == '\t') {
                visible.append("\\t");
              } else if (c == '\n' || !Character.isISOControl(c)) {
                visible.appendCodePoint(c);
              } else {
                visible.append("\\u%04x".formatted(c));
              }
            });
    return visible.toString();
  }

  /** Columns that a line takes on a terminal; a Chinese character takes two. */
  static int width(String line) {
    return line.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
  }

  /** A line without its middle, so that it takes at most {@code width} columns. */
  static String cut(String line, int width) {
    if (width(line) <= width) {
      return line;
    }
    int head = (width - 1) / 2;
    return prefix(line, head) + CUT + suffix(line, width - 1 - head);
  }

  private static String prefix(String line, int width) {
    int end = 0;
    for (int taken = 0; end < line.length(); ) {
      int c = line.codePointAt(end);
      taken += Math.max(0, WCWidth.wcwidth(c));
      if (taken > width) {
        break;
      }
      end += Character.charCount(c);
    }
    return line.substring(0, end);
  }

  private static String suffix(String line, int width) {
    int start = line.length();
    for (int taken = 0; start > 0; ) {
      int c = line.codePointBefore(start);
      taken += Math.max(0, WCWidth.wcwidth(c));
      if (taken > width) {
        break;
      }
      start -= Character.charCount(c);
    }
    return line.substring(start);
  }
}
