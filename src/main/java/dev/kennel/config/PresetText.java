package dev.kennel.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import java.util.List;
import java.util.Objects;

/** Settings of a run as a file for {@code --config}. */
public final class PresetText {
  /** Where files go and what the run was called, which is another matter for another run. */
  private static final List<String> LEFT_OUT =
      List.of("name", "output", "cache", "weights-cache", "threads", "tracking");

  private static final String VALIDATION = "validation-fraction";

  private PresetText() {}

  /**
   * The settings that are not the defaults, as HOCON. Images that were held out to rank by are
   * trained on, unless the training ends early by them.
   *
   * @param comment its lines come first
   * @param json settings of a run, as in its row
   */
  public static String of(List<String> comment, String json) {
    Config defaults = SettingsLoader.preset("defaults");
    Config all = ConfigFactory.parseString(json);
    boolean isValidated = all.getInt("early-stopping.patience") > 0;
    Config own = isValidated ? all : all.withoutPath(VALIDATION);
    for (String key : SettingsLoader.keys("", all.root())) {
      boolean isLeftOut = LEFT_OUT.contains(ConfigUtil.splitPath(key).get(0));
      if (isLeftOut || Objects.equals(value(all, key), value(defaults, key))) {
        own = own.withoutPath(key);
      }
    }
    own = withoutEmpty(own, all);
    StringBuilder text = new StringBuilder();
    comment.forEach(line -> text.append("# ").append(line).append('\n'));
    if (!isValidated && all.getDouble(VALIDATION) > 0) {
      text.append("# By this file, the images that were held out for that are trained on, too.\n");
    }
    return text.append(
            own.root()
                .render(
                    ConfigRenderOptions.defaults()
                        .setOriginComments(false)
                        .setComments(false)
                        .setJson(false)))
        .toString();
  }

  private static Object value(Config of, String key) {
    return of.hasPath(key) ? of.getValue(key).unwrapped() : null;
  }

  /** Without the groups of which nothing is left. */
  private static Config withoutEmpty(Config own, Config all) {
    Config left = own;
    for (String key : SettingsLoader.keys("", all.root())) {
      List<String> path = ConfigUtil.splitPath(key);
      for (int length = path.size() - 1; length > 0; length--) {
        String group = ConfigUtil.joinPath(path.subList(0, length));
        if (left.hasPath(group) && left.getObject(group).isEmpty()) {
          left = left.withoutPath(group);
        }
      }
    }
    return left;
  }
}
