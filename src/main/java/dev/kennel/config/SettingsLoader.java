package dev.kennel.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Puts settings together: {@code conf/defaults.conf}, a preset or file on top, the command line
 * above both. A key that the defaults do not have is an error.
 */
public final class SettingsLoader {
  /** The presets' names, for people to read. */
  public static final String PRESET_NAMES =
      "samples, quick, laptop, dogs-plain, dogs-best-resnet18, dogs-best-resfcn18, dogs-finetune,"
          + " stanford-dogs";

  /** Presets that come with the program: {@code conf/NAME.conf}. */
  public static final List<String> PRESETS = List.of(PRESET_NAMES.split(", "));

  private static final String SEEDS = "seeds";
  private static final String OPTIMIZER = "optimizer";
  private static final String AUTO = "auto";
  private static final String NONE = "none";
  private static final String MLFLOW = "tracking.mlflow";
  private static final String WEIGHTS = "weights-address";
  private static final String PRETRAINED = "pretrained";
  private static final String FREEZE = "freeze";
  private static final String RATE = "learning-rate";
  private static final String CLASSIFIER_RATE = "classifier-learning-rate";

  private SettingsLoader() {}

  /**
   * Loads settings. Without images, and without a preset or file, the preset {@code samples} is
   * taken.
   *
   * @param config a preset's name or the path of a HOCON file
   * @param options keys and values of the command line's own options; values as they are
   * @param assignments {@code key=value} texts, values in HOCON; they win over the options
   * @throws UserError if a file is absent or malformed, a key unknown, a value out of its range, or
   *     there are several seeds
   */
  public static Settings load(
      Optional<String> config, Map<String, Object> options, List<String> assignments) {
    List<Settings> runs = loadRuns(config, options, assignments);
    Checks.that(
        runs.size() == 1,
        "Cannot use %s seeds here, where there is one run: give seed",
        runs.size());
    return runs.get(0);
  }

  /** The same for one run or, where there are several seeds, for one run of each. */
  public static List<Settings> loadRuns(
      Optional<String> config, Map<String, Object> options, List<String> assignments) {
    try {
      Config merged = merged(chosen(config), options, assignments);
      return seeds(merged).stream()
          .map(seed -> settings(merged.withValue("seed", ConfigValueFactory.fromAnyRef(seed))))
          .toList();
    } catch (ConfigException e) {
      throw cannotUse(e);
    }
  }

  static UserError cannotUse(ConfigException e) {
    return new UserError("Cannot use the settings: " + oneLine(e), e);
  }

  /** A preset or file, its keys checked. */
  static Optional<Config> chosen(Optional<String> config) {
    Optional<Config> chosen = config.map(SettingsLoader::fileOrPreset);
    chosen.ifPresent(settings -> checkKeys(settings, preset("defaults"), config.get()));
    return chosen;
  }

  /** All settings, resolved: the defaults, what was chosen on top, and the command line on that. */
  static Config merged(
      Optional<Config> chosen, Map<String, Object> options, List<String> assignments) {
    Config commandLine = commandLine(options, assignments);
    Config defaults = preset("defaults");
    checkKeys(commandLine, defaults, "the command line");
    Config given = commandLine.withFallback(chosen.orElse(ConfigFactory.empty()));
    Config settings = given.withFallback(defaults);
    if (chosen.isEmpty() && images(settings).areSamples()) {
      settings = commandLine.withFallback(preset("samples")).withFallback(defaults);
    }
    Config resolved = settings.resolve();
    checkLearningRates(commandLine, resolved);
    Config file = byItself(chosen.orElse(ConfigFactory.empty()));
    if (file.hasPath(OPTIMIZER)) {
      checkLearningRates(file, file);
    }
    return withSeedsOfOne(byItself(commandLine), file, resolved);
  }

  /** What can be said of settings without those beneath. */
  private static Config byItself(Config settings) {
    return settings.resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
  }

  /** Either seed or seeds: those of the command line before those of a file. */
  private static Config withSeedsOfOne(Config commandLine, Config file, Config resolved) {
    for (Config of : List.of(commandLine, file)) {
      boolean hasSeeds = of.hasPath(SEEDS) && resolved.hasPath(SEEDS);
      if (hasSeeds && of.hasPath("seed")) {
        throw new UserError(
            "Cannot use seed %s together with seeds %s: give one of them, or --set seeds=null"
                .formatted(resolved.getString("seed"), String.join(", ", names(resolved, SEEDS))));
      }
      if (hasSeeds || of.hasPath("seed")) {
        return hasSeeds ? resolved : resolved.withoutPath(SEEDS);
      }
    }
    return resolved;
  }

  /** Refuses a network's learning rate that is asked for by name, and is another optimizer's. */
  static void checkLearningRates(Config asked, Config resolved) {
    OptimizerSettings.Name used = OptimizerSettings.Name.of(resolved.getString(OPTIMIZER));
    if (!asked.hasPath("network")) {
      return;
    }
    for (String network : asked.getObject("network").keySet()) {
      for (OptimizerSettings.Name other : OptimizerSettings.Name.values()) {
        Checks.that(
            asked.hasPath(own(network, rate(used))) || !asked.hasPath(own(network, rate(other))),
            "Cannot use %s, the learning rate of %s, with optimizer %s: set %s",
            own(network, rate(other)),
            other.title(),
            used.title(),
            own(network, rate(used)));
      }
    }
  }

  /** A network's key of the learning rate that an optimizer takes. */
  private static String rate(OptimizerSettings.Name optimizer) {
    return optimizer == OptimizerSettings.Name.SGD ? RATE : optimizer.title() + "-" + RATE;
  }

  /** The common setting that goes before a network's own. */
  static String common(String own) {
    boolean isRate =
        Arrays.stream(OptimizerSettings.Name.values()).anyMatch(of -> rate(of).equals(own));
    return isRate ? RATE : own;
  }

  /** The seeds of all runs. */
  private static List<Long> seeds(Config c) {
    if (!c.hasPath(SEEDS)) {
      return List.of(wholeNumber(c, "seed").getLong("seed"));
    }
    List<Long> seeds = new ArrayList<>();
    for (String text : names(c, SEEDS)) {
      try {
        seeds.add(Long.valueOf(text));
      } catch (NumberFormatException e) {
        throw new UserError("Cannot use seed \"" + text + "\": it is a whole number", e);
      }
    }
    Checks.that(!seeds.isEmpty(), "Cannot train without a seed: name one in seeds");
    seeds.stream()
        .filter(seed -> seeds.indexOf(seed) != seeds.lastIndexOf(seed))
        .findFirst()
        .ifPresent(
            seed -> {
              throw new UserError(
                  "Cannot use seed " + seed + " twice: both runs would be the same");
            });
    return seeds;
  }

  /**
   * The settings of an earlier run, from their JSON.
   *
   * @param output where the run's folder is now
   * @throws UserError if this version has other settings
   */
  public static Settings restore(String json, String output) {
    try {
      Config defaults = preset("defaults");
      Config settings = ConfigFactory.parseString(json);
      checkKeys(settings, defaults, "the run's row");
      return settings(
          settings
              .withValue("output", ConfigValueFactory.fromAnyRef(output))
              .withFallback(defaults)
              .resolve());
    } catch (ConfigException e) {
      throw new UserError("Cannot use the settings of the run: " + oneLine(e), e);
    }
  }

  /**
   * The settings of a run of an earlier version, too, as JSON: those that it did not know are as
   * {@link #restore} takes them, the defaults.
   *
   * @throws UserError if they cannot be read
   */
  public static String withDefaults(String json) {
    try {
      return ConfigFactory.parseString(json)
          .withFallback(preset("defaults"))
          .root()
          .render(ConfigRenderOptions.concise());
    } catch (ConfigException e) {
      throw new UserError("Cannot read the settings of a run: " + oneLine(e), e);
    }
  }

  /** The settings of one run, of the seed that they hold. */
  static Settings settings(Config c) {
    optional(c, "name")
        .ifPresent(
            name -> Checks.that(!name.isBlank(), "Cannot name a run: name is empty; leave it out"));
    Map<String, NetworkSettings> networks = new LinkedHashMap<>();
    for (String name : networks(c)) {
      if (!c.hasPath(ConfigUtil.joinPath("network", name))) {
        List<String> known = c.getObject("network").keySet().stream().sorted().toList();
        throw new UserError(NearestName.message("network", name, known));
      }
      networks.put(name, network(c, name));
    }
    return new Settings(
        images(c),
        networks,
        integer(c, "epochs"),
        integer(c, "batch-size"),
        automatic(c, "workers"),
        automatic(c, "threads"),
        c.getString("precision"),
        c.getString("convolution"),
        integer(c, "averaging-frequency"),
        automatic(c, "warm-up-averaging-frequency"),
        c.getString("averaging"),
        OptimizerSettings.of(c),
        c.getDouble("label-smoothing"),
        new MovingAverageSettings(
            c.getBoolean("model-ema"),
            integer(c, "model-ema-steps"),
            c.getDouble("model-ema-decay")),
        c.getBoolean("test-flip"),
        new EarlyStoppingSettings(
            integer(c, "early-stopping.patience"),
            c.getString("early-stopping.measure"),
            c.getDouble("early-stopping.min-delta")),
        new ScheduleSettings(
            schedule(c.getString("schedule.name")),
            c.getDouble("schedule.warm-up"),
            c.getDouble("schedule.initial-divisor"),
            c.getDouble("schedule.final-divisor"),
            integer(c, "schedule.step-epochs"),
            c.getDouble("schedule.step-factor")),
        AugmentationSettings.of(c),
        new ProgressiveResizingSettings(
            c.getDouble("progressive-resizing.initial-scale"),
            c.getDouble("progressive-resizing.delay-fraction"),
            c.getDouble("progressive-resizing.finetune-fraction"),
            integer(c, "progressive-resizing.size-increment")),
        CheckpointSettings.of(c.getString("checkpoint-every"), integer(c, "checkpoints-kept")),
        wholeNumber(c, "seed").getLong("seed"),
        c.getString("output"),
        optional(c, "cache").orElse(c.getString("output") + "/prepared"),
        new TrackingSettings(
            optional(c, "tracking.tensorboard"),
            optional(c, MLFLOW),
            c.getString("tracking.mlflow-experiment")),
        new WeightSettings(optional(c, "weights-cache"), c.getString(WEIGHTS)),
        json(c));
  }

  private static NetworkSettings network(Config c, String name) {
    String rate = chosen(c, name, CLASSIFIER_RATE);
    String ownRate = rate(OptimizerSettings.Name.of(c.getString(OPTIMIZER)));
    NetworkSettings own = // checked as it is, even where common settings override it
        new NetworkSettings(integer(c, own(name, "image-size")), c.getDouble(own(name, ownRate)));
    return new NetworkSettings(
        automatic(c, "image-size").orElse(own.imageSize()),
        isAuto(c, RATE) ? own.learningRate() : c.getDouble(RATE),
        optional(c, chosen(c, name, PRETRAINED)).filter(value -> !value.equals(NONE)),
        isNone(c, chosen(c, name, FREEZE)) ? List.of() : names(c, chosen(c, name, FREEZE)),
        isNone(c, rate) ? OptionalDouble.empty() : OptionalDouble.of(c.getDouble(rate)));
  }

  /** The path of the common value; of the network's own, where that is auto. */
  private static String chosen(Config c, String network, String key) {
    return c.hasPath(key) && isAuto(c, key) ? own(network, key) : key;
  }

  private static boolean isNone(Config c, String path) {
    return !c.hasPath(path) || c.getValue(path).unwrapped().equals(NONE);
  }

  private static String json(Config c) {
    Config shown =
        optional(c, MLFLOW)
            .map(TrackingSettings::withoutCredentials)
            .map(uri -> c.withValue(MLFLOW, ConfigValueFactory.fromAnyRef(uri)))
            .orElse(c);
    List<String> addresses = new ArrayList<>(List.of(WEIGHTS, PRETRAINED));
    c.getObject("network").keySet().forEach(name -> addresses.add(own(name, PRETRAINED)));
    for (String path : addresses) {
      Config before = shown;
      shown =
          optional(before, path)
              .map(WeightSettings::withoutSecrets)
              .map(text -> before.withValue(path, ConfigValueFactory.fromAnyRef(text)))
              .orElse(before);
    }
    // A run has one seed; the others are those of other runs.
    return shown.withoutPath(SEEDS).root().render(ConfigRenderOptions.concise());
  }

  private static ImageSettings images(Config c) {
    return new ImageSettings(
        optional(c, "images"),
        optional(c, "train-images"),
        optional(c, "test-images"),
        optional(c, "train-list"),
        optional(c, "test-list"),
        optional(c, "manifest")
            .map(
                table ->
                    new ManifestSettings(
                        table,
                        c.getString("path-column"),
                        c.getString("label-column"),
                        c.getString("split-column"))),
        c.getDouble("test-fraction"),
        c.getDouble("validation-fraction"),
        integer(c, "folds"),
        integer(c, "fold"),
        c.getString("duplicates"),
        c.getBoolean("accept-truncated"),
        c.getString("decoding"),
        c.getDouble("max-rejected"));
  }

  /** Names, from a list or from a text with commas. */
  static List<String> names(Config c, String path) {
    return c.getValue(path).valueType() == ConfigValueType.LIST
        ? c.getStringList(path)
        : Arrays.stream(c.getString(path).split(",", -1)).map(String::strip).toList();
  }

  private static List<String> networks(Config c) {
    List<String> names = names(c, "networks");
    names.stream()
        .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new UserError(
                  "Cannot train " + name + " twice in one run: name each network once");
            });
    return names;
  }

  private static ScheduleSettings.Name schedule(String name) {
    Map<String, ScheduleSettings.Name> known = new LinkedHashMap<>();
    for (ScheduleSettings.Name value : ScheduleSettings.Name.values()) {
      known.put(value.name().toLowerCase(Locale.ROOT).replace('_', '-'), value);
    }
    if (!known.containsKey(name)) {
      throw new UserError(NearestName.message("schedule", name, known.keySet()));
    }
    return known.get(name);
  }

  static Optional<String> optional(Config c, String key) {
    return c.hasPath(key) ? Optional.of(c.getString(key)) : Optional.empty();
  }

  private static OptionalInt automatic(Config c, String key) {
    return isAuto(c, key) ? OptionalInt.empty() : OptionalInt.of(integer(c, key));
  }

  static int integer(Config c, String key) {
    return wholeNumber(c, key).getInt(key);
  }

  /** Checks a number that the library would cut down to a whole one. */
  private static Config wholeNumber(Config c, String key) {
    double value = c.getDouble(key);
    Checks.that(value % 1 == 0, "Cannot use %s %s: it is a whole number", key, value);
    return c;
  }

  /** The path of a network's own value. */
  private static String own(String network, String key) {
    return ConfigUtil.joinPath("network", network, key);
  }

  static boolean isAuto(Config c, String key) {
    return c.getValue(key).unwrapped().equals(AUTO);
  }

  static Config preset(String name) {
    return ConfigFactory.parseResources(
        SettingsLoader.class.getClassLoader(),
        "conf/" + name + ".conf",
        ConfigParseOptions.defaults().setAllowMissing(false));
  }

  static Config fileOrPreset(String name) {
    File file = new File(name);
    try {
      if (file.isFile()) {
        return ConfigFactory.parseFile(file);
      }
      if (PRESETS.contains(name)) {
        return preset(name);
      }
    } catch (ConfigException e) {
      throw new UserError("Cannot read settings from " + name + ": " + oneLine(e), e);
    }
    throw new UserError(
        "Cannot read settings from "
            + name
            + ": there is no such file, and presets are "
            + PRESET_NAMES);
  }

  private static Config commandLine(Map<String, Object> options, List<String> assignments) {
    Config config = ConfigFactory.empty();
    for (Map.Entry<String, Object> option : options.entrySet()) {
      config = config.withValue(option.getKey(), ConfigValueFactory.fromAnyRef(option.getValue()));
    }
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new UserError("Cannot set " + assignment + ": write --set key=value");
      }
      String key = assignment.substring(0, equals).strip();
      ConfigOrigin origin = ConfigOriginFactory.newSimple("--set " + assignment); // errors name it
      try {
        ConfigValue value = value(assignment.substring(equals + 1).strip(), origin);
        config = config.withValue(key, value.withOrigin(origin));
      } catch (ConfigException.BadPath e) {
        throw new UserError("Cannot set " + assignment + ": " + oneLine(e), e);
      }
    }
    return config;
  }

  /** A HOCON value; an unquoted text, such as an {@code s3a://} path, is taken as it is. */
  private static ConfigValue value(String text, ConfigOrigin origin) {
    ConfigParseOptions named = // for the elements of a list
        ConfigParseOptions.defaults().setOriginDescription(origin.description());
    try {
      ConfigValue value = ConfigFactory.parseString("value = " + text, named).root().get("value");
      if (value.valueType() != ConfigValueType.STRING || text.startsWith("\"")) {
        return value;
      }
    } catch (ConfigException e) {
      // no HOCON, hence a text
    }
    return ConfigValueFactory.fromAnyRef(text);
  }

  static void checkKeys(Config config, Config defaults, String where) {
    TreeSet<String> known = new TreeSet<>(keys("", defaults.root()));
    for (String key : keys("", config.root())) {
      if (!known.contains(key)) {
        String hint =
            NearestName.of(key, known)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("conf/defaults.conf lists them all");
        throw new UserError("Unknown setting " + key + " in " + where + ": " + hint);
      }
    }
  }

  /** All paths that lead to a value, those of null values too. */
  static List<String> keys(String prefix, ConfigObject object) {
    List<String> keys = new ArrayList<>();
    object.forEach(
        (name, value) -> {
          if (value instanceof ConfigObject nested && !nested.isEmpty()) {
            keys.addAll(keys(prefix + ConfigUtil.joinPath(name) + ".", nested));
          } else {
            keys.add(prefix + ConfigUtil.joinPath(name));
          }
        });
    return keys;
  }

  static String oneLine(ConfigException e) {
    return e.getMessage().replace('\n', ' ');
  }
}
