package dev.kennel.tracking;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * YAML of the kind that MLflow keeps: a key and a scalar a line. What is deeper is not read, nor
 * kept; null is an absent key, but for {@code end_time}.
 */
final class FlatYaml {
  private static final Pattern LINE = Pattern.compile("(\\w+):\\s+(\\S.*?)\\s*");
  private static final Pattern NUMBER = Pattern.compile("0|[1-9]\\d*");

  private FlatYaml() {}

  /** The scalars of a file. */
  static Map<String, String> read(Path file) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches() && !matcher.group(2).equals("null") && !matcher.group(2).equals("[]")) {
        values.put(matcher.group(1), scalar(matcher.group(2)));
      }
    }
    return values;
  }

  private static String scalar(String text) {
    if (text.length() >= 2 && text.startsWith("'") && text.endsWith("'")) {
      return text.substring(1, text.length() - 1).replace("''", "'");
    }
    if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
      return text.substring(1, text.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
    }
    return text;
  }

  /**
   * Texts quoted, times and enumerations as numbers. A run's needs {@code end_time} and {@code
   * tags}, which have no scalar.
   */
  static String text(Map<String, String> values) {
    StringBuilder text = new StringBuilder();
    values.forEach((key, value) -> text.append(key).append(": ").append(quoted(key, value)));
    if (values.containsKey("run_id")) {
      if (!values.containsKey("end_time")) {
        text.append("end_time: null\n");
      }
      text.append("tags: []\n");
    }
    return text.toString();
  }

  private static String quoted(String key, String value) {
    boolean isNumber = !key.endsWith("_id") && NUMBER.matcher(value).matches();
    return (isNumber ? value : "'" + value.replace("'", "''") + "'") + "\n";
  }
}
