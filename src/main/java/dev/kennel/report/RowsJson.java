package dev.kennel.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Rows as JSON, one object a line. */
final class RowsJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RowsJson() {}

  static void write(StructType columns, Iterator<Row> rows, Appendable out) throws IOException {
    if (columns.isEmpty()) {
      return;
    }
    List<String> names = distinct(columns.fieldNames());
    while (rows.hasNext()) {
      Row row = rows.next();
      Map<String, Object> object = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        object.put(names.get(i), Values.plain(row.get(i)));
      }
      out.append(JSON.writeValueAsString(object)).append('\n');
    }
  }

  /** The second column of a name is called {@code name_2}: an object has each key once. */
  private static List<String> distinct(String[] names) {
    List<String> distinct = new ArrayList<>();
    for (String name : names) {
      String key = name;
      for (int n = 2; distinct.contains(key); n++) {
        key = name + "_" + n;
      }
      distinct.add(key);
    }
    return distinct;
  }
}
