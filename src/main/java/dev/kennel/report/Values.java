package dev.kennel.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Values of Spark SQL, as Java's and as text. */
final class Values {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Values() {}

  /** Lists, maps, texts, numbers, truth values and nulls, as JSON has them. */
  static Object plain(Object value) {
    if (value instanceof Number number && !Double.isFinite(number.doubleValue())) {
      return null;
    }
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Seq<?> seq) {
      List<Object> list = new ArrayList<>();
      JavaConverters.seqAsJavaList(seq).forEach(element -> list.add(plain(element)));
      return list;
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      Map<String, Object> object = new LinkedHashMap<>();
      JavaConverters.mapAsJavaMap(map).forEach((key, held) -> object.put(text(key), plain(held)));
      return object;
    }
    if (value instanceof Row row) {
      Map<String, Object> object = new LinkedHashMap<>();
      for (int i = 0; i < row.length(); i++) {
        object.put(row.schema().fieldNames()[i], plain(row.get(i)));
      }
      return object;
    }
    return text(value);
  }

  /** A value with all of its digits; a list, a map or a struct as JSON. */
  static String text(Object value) {
    if (value instanceof Timestamp time) {
      return time.toInstant().toString();
    }
    if (value instanceof Date date) {
      return date.toLocalDate().toString();
    }
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof Seq || value instanceof scala.collection.Map || value instanceof Row) {
      return json(plain(value));
    }
    return String.valueOf(value); // also of the times of java.time, which print as ISO has them
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a value as JSON: " + e.getMessage(), e);
    }
  }
}
