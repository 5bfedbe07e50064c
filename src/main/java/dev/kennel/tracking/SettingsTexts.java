package dev.kennel.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Settings as texts by their keys, {@code schedule.warm-up} to {@code 0.15}. */
public final class SettingsTexts {
  private SettingsTexts() {}

  /**
   * The settings of a run's row, in the order of their keys. A list stays JSON; what is null or
   * empty is left out.
   *
   * @throws IllegalArgumentException if it is no JSON
   */
  public static Map<String, String> of(String json) {
    try {
      SortedMap<String, String> texts = new TreeMap<>();
      add("", new ObjectMapper().readTree(json), texts);
      return texts;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read the settings: " + e.getOriginalMessage(), e);
    }
  }

  private static void add(String key, JsonNode value, SortedMap<String, String> texts) {
    if (value.isObject()) {
      String prefix = key.isEmpty() ? "" : key + ".";
      value.fields().forEachRemaining(of -> add(prefix + of.getKey(), of.getValue(), texts));
      return;
    }
    String text = value.isArray() ? value.toString() : value.asText();
    if (!value.isNull() && !text.isEmpty()) {
      texts.put(key, text);
    }
  }
}
