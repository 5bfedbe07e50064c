package dev.kennel.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.config.Effect;
import dev.kennel.config.SettingsLoader;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings of a run by their dotted names, without those that change no result but by chance:
 * runs whose other settings are the same are repeats of each other.
 *
 * @param values each as JSON, text without quotes
 */
record RunSetup(SortedMap<String, String> values) {

  /** What a repeat varies, and what it is called. */
  private static final Set<String> IGNORED = Set.of("seed", "fold", "name");

  private static final String NETWORKS = "networks";
  private static final String NETWORK = "network.";

  /**
   * The setup of a run's row.
   *
   * @param settings the run's settings, a JSON object
   * @param workers how many workers it had, -1 if it never began to train
   */
  static RunSetup of(String settings, int workers) {
    SortedMap<String, String> values = new TreeMap<>();
    try {
      flatten("", new ObjectMapper().readTree(SettingsLoader.withDefaults(settings)), values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Cannot read a run's settings: they are not JSON: " + e.getOriginalMessage(), e);
    }
    values.keySet().removeIf(name -> IGNORED.contains(name) || !Effect.isOnTraining(name));
    values.put("workers", Integer.toString(workers)); // in the settings it may be auto
    return new RunSetup(values);
  }

  private static void flatten(String name, JsonNode value, Map<String, String> values) {
    if (!value.isObject()) {
      values.put(name, value.isTextual() ? value.textValue() : value.toString());
      return;
    }
    for (Iterator<Map.Entry<String, JsonNode>> fields = value.fields(); fields.hasNext(); ) {
      Map.Entry<String, JsonNode> field = fields.next();
      flatten(
          name.isEmpty() ? field.getKey() : name + "." + field.getKey(), field.getValue(), values);
    }
  }

  /** What of it one network is trained with: without the other networks and their own settings. */
  RunSetup of(String network) {
    SortedMap<String, String> own = new TreeMap<>(values);
    own.remove(NETWORKS);
    own.keySet()
        .removeIf(name -> name.startsWith(NETWORK) && !name.startsWith(NETWORK + network + "."));
    return new RunSetup(own);
  }

  /** The value of a setting; {@code none} in a run that did not know it. */
  String value(String name) {
    return values.getOrDefault(name, "none");
  }
}
