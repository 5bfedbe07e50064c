package dev.kennel;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.SettingsLoader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of images as a user would give them, defaults for the rest. */
public final class ImageSettingsOf {
  private ImageSettingsOf() {}

  /** The settings that these keys and values give. */
  public static ImageSettings of(Object... keysAndValues) {
    Map<String, Object> options = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      options.put(keysAndValues[i].toString(), keysAndValues[i + 1].toString());
    }
    return SettingsLoader.load(Optional.of("laptop"), options, List.of()).images();
  }
}
