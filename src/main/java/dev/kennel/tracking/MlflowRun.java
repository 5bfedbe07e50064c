package dev.kennel.tracking;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What MLflow is told of a network's training: one MLflow run each.
 *
 * @param name {@code <network>-<run>}
 * @param params the settings
 * @param tags by which it is found, and what else is known of the run
 */
record MlflowRun(String name, Map<String, String> params, Map<String, String> tags) {
  static final String RUN_TAG = "kennel.run_id";
  static final String NETWORK_TAG = "kennel.network";

  private static final int PARAM_BYTES = 6000; // guaranteed to be taken, by log-parameter's page
  private static final int TAG_BYTES = 5000; // the same, by set-tag's

  static MlflowRun of(TrackedRun run, String network) {
    String name = network + "-" + run.id();
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("mlflow.runName", name);
    tags.put("mlflow.user", System.getProperty("user.name", ""));
    tags.put("mlflow.source.name", "kennel train");
    tags.put("mlflow.source.type", "LOCAL");
    tags.put(RUN_TAG, run.id());
    tags.put(NETWORK_TAG, network);
    run.facts().forEach((key, value) -> tags.put("kennel." + key, value));
    return new MlflowRun(name, cut(run.settings(), PARAM_BYTES), cut(tags, TAG_BYTES));
  }

  /** In the order of their keys; a value that is longer ends in three dots. */
  private static Map<String, String> cut(Map<String, String> texts, int bytes) {
    Map<String, String> cut = new TreeMap<>();
    texts.forEach((key, value) -> cut.put(key, cut(value, bytes)));
    return cut;
  }

  private static String cut(String text, int bytes) {
    if (text.getBytes(StandardCharsets.UTF_8).length <= bytes) {
      return text;
    }
    StringBuilder cut = new StringBuilder();
    int left = bytes - 3;
    for (int character : text.codePoints().toArray()) {
      left -= Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
      if (left < 0) {
        break;
      }
      cut.appendCodePoint(character);
    }
    return cut.append("...").toString();
  }
}
