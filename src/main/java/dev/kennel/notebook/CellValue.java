package dev.kennel.notebook;

import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** A value of Spark SQL as a person reads it. */
final class CellValue {

  private static final MathContext ROUNDED = new MathContext(6);
  private static final double SMALL = 1e-4; // below it and from LARGE on, powers of ten are shorter
  private static final double LARGE = 1e15;

  private CellValue() {}

  /** A figure has six digits; a whole number all of its own; times are in UTC. */
  static String text(Object value) {
    if (value == null) {
      return "NULL";
    }
    if (value instanceof Double || value instanceof Float) {
      return figure(((Number) value).doubleValue());
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (value instanceof Timestamp time) {
      return instant(time.toInstant());
    }
    if (value instanceof Instant time) {
      return instant(time);
    }
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof Seq<?> list) {
      return JavaConverters.seqAsJavaList(list).stream()
          .map(CellValue::text)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      return JavaConverters.mapAsJavaMap(map).entrySet().stream()
          .map(entry -> text(entry.getKey()) + ": " + text(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value instanceof Row row) {
      return IntStream.range(0, row.length())
          .mapToObj(i -> row.schema().fieldNames()[i] + ": " + text(row.get(i)))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return value.toString();
  }

  private static String figure(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    if (size == 0) {
      return "0";
    }
    BigDecimal exact = BigDecimal.valueOf(value);
    if (size < SMALL || size >= LARGE) {
      BigDecimal short6 = exact.round(ROUNDED).stripTrailingZeros();
      return Double.toString(short6.doubleValue());
    }
    int whole = exact.precision() - exact.scale(); // digits before the point
    MathContext digits = whole > ROUNDED.getPrecision() ? new MathContext(whole) : ROUNDED;
    return exact.round(digits).stripTrailingZeros().toPlainString();
  }

  private static String instant(Instant time) {
    return time.toString().replace('T', ' ').replace("Z", "");
  }
}
