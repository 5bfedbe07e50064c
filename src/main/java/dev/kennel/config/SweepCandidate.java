package dev.kennel.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The settings that a sweep tries on one network. */
public final class SweepCandidate {
  private final int number;
  private final String text;
  private final Config merged;

  SweepCandidate(int number, String text, Config merged) {
    this.number = number;
    this.text = text;
    this.merged = merged;
  }

  /** From 1, in the order in which candidates are told; of a tie, the lower one is taken. */
  public int number() {
    return number;
  }

  /** The settings in which it differs from the others: {@code momentum 0.9, weight-decay 0}. */
  public String text() {
    return text;
  }

  /** Of its training in the last round. */
  public int lastEpochs() {
    return SettingsLoader.integer(merged, "epochs");
  }

  /** All settings of its training for so many epochs. */
  public Settings settings(int epochs) {
    return SettingsLoader.settings(
        merged.withValue("epochs", ConfigValueFactory.fromAnyRef(epochs)));
  }

  /** What the network is trained with, by the paths of settings, without what is null. */
  static SortedMap<String, String> values(Config merged, String network) {
    SortedMap<String, String> values = new TreeMap<>();
    merged
        .entrySet()
        .forEach(
            of -> {
              List<String> path = ConfigUtil.splitPath(of.getKey());
              if (!path.get(0).equals("network") || path.get(1).equals(network)) {
                Object value = of.getValue().unwrapped();
                values.put(
                    of.getKey(),
                    value instanceof String text
                        ? text
                        : of.getValue().render(ConfigRenderOptions.concise()));
              }
            });
    return values;
  }
}
