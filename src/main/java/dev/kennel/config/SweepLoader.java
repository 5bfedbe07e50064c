package dev.kennel.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.File;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads a sweep's file: settings, as in any file of settings, and the block {@code sweep}, which
 * says what is tried.
 */
public final class SweepLoader {
  private static final String BLOCK = "sweep";
  private static final String EPOCHS = "epochs";
  private static final int FACTOR = 3;
  private static final int MOST = 100_000; // combinations that are listed
  private static final Set<String> KEYS =
      Set.of("name", "rounds", "factor", EPOCHS, "measure", "settings", "sample", "candidates");

  /** What is the same for all candidates: what they are ranked on, and where files go. */
  private static final Set<String> COMMON =
      Set.of(
          "images",
          "train-images",
          "test-images",
          "train-list",
          "test-list",
          "manifest",
          "path-column",
          "label-column",
          "split-column",
          "duplicates",
          "test-fraction",
          "validation-fraction",
          "folds",
          "fold",
          "accept-truncated",
          "max-rejected",
          "networks",
          "name",
          "seed",
          "seeds",
          "output",
          "cache",
          "checkpoint-every",
          "checkpoints-kept",
          "weights-cache",
          "weights-address",
          "threads");

  private static final String TRACKING = "tracking.";

  private final String file;
  private final Config base;
  private final Config block;

  private SweepLoader(String file, Config base, Config block) {
    this.file = file;
    this.base = base;
    this.block = block;
  }

  /**
   * Loads a sweep.
   *
   * @param file the path of a HOCON file
   * @param config a preset's name or the path of a file of settings, beneath that file
   * @param options and {@code assignments} as {@link SettingsLoader#load} takes them
   * @throws UserError if a file is absent or malformed, a key unknown, a value out of its range,
   *     there is no candidate, or certainly no image to rank candidates by
   */
  public static SweepPlan load(
      String file, Optional<String> config, Map<String, Object> options, List<String> assignments) {
    Checks.that(
        new File(file).isFile(), "Cannot read a sweep from %s: there is no such file", file);
    try {
      Config whole =
          SettingsLoader.fileOrPreset(file)
              .resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
      Checks.that(
          whole.hasPath(BLOCK),
          "Cannot sweep by %s: it has no block %s { … }, which says what is tried",
          file,
          BLOCK);
      Config own = whole.withoutPath(BLOCK);
      SettingsLoader.checkKeys(own, SettingsLoader.preset("defaults"), file);
      Config chosen = own.withFallback(SettingsLoader.chosen(config).orElse(ConfigFactory.empty()));
      Config base = SettingsLoader.merged(Optional.of(chosen), options, assignments);
      return new SweepLoader(file, base, whole.getConfig(BLOCK)).plan();
    } catch (ConfigException e) {
      throw SettingsLoader.cannotUse(e);
    }
  }

  private SweepPlan plan() {
    checkBlock();
    Settings common = SettingsLoader.settings(base);
    Checks.that(
        !base.hasPath("seeds"), "Cannot sweep with several seeds: give seed, and try seeds after");
    ImageSettings images = common.images();
    Checks.that(
        images.validationFraction() > 0 || images.manifest().isPresent(),
        "Cannot sweep without images for validation: candidates are not chosen by those for testing;"
            + " hold some out with --validation-fraction 0.2, or name them in a manifest");
    String name = SettingsLoader.optional(block, "name").orElseGet(this::name);
    int last = lastEpochs(common);
    Config named =
        base.withValue("name", ConfigValueFactory.fromAnyRef(name))
            .withValue(EPOCHS, ConfigValueFactory.fromAnyRef(last));
    List<Config> tried = tried();
    tried.forEach(this::check);
    Map<String, List<SweepCandidate>> candidates = new LinkedHashMap<>();
    common.networks().keySet().forEach(of -> candidates.put(of, candidates(of, tried, named)));
    int most = candidates.values().stream().mapToInt(List::size).max().orElseThrow();
    return new SweepPlan(
        name, common.output(), factor(), epochs(most, last), measure(), tried.size(), candidates);
  }

  private void checkBlock() {
    for (String key : block.root().keySet()) {
      if (!KEYS.contains(key)) {
        throw new UserError(NearestName.message("key of sweep", key, new TreeSet<>(KEYS)));
      }
    }
  }

  /** That of the settings, or the file's. */
  private String name() {
    return SettingsLoader.optional(base, "name")
        .orElseGet(() -> new File(file).getName().replaceFirst("\\.[^.]*$", ""));
  }

  private int factor() {
    int factor = block.hasPath("factor") ? SettingsLoader.integer(block, "factor") : FACTOR;
    Checks.that(factor >= 2, "Cannot use sweep.factor %s: it is 2 or more", factor);
    return factor;
  }

  private SweepMeasure measure() {
    String name = SettingsLoader.optional(block, "measure").orElse("accuracy");
    for (SweepMeasure measure : SweepMeasure.values()) {
      if (measure.name().toLowerCase(Locale.ROOT).equals(name)) {
        return measure;
      }
    }
    throw new UserError(
        "Cannot rank candidates by \"%s\": sweep.measure is accuracy or loss".formatted(name));
  }

  /** Those of the last round. */
  private int lastEpochs(Settings common) {
    if (!block.hasPath(EPOCHS)) {
      return common.epochs();
    }
    Checks.that(
        !block.hasPath("rounds"),
        "Cannot use sweep.rounds together with sweep.epochs: those say how many rounds there are");
    List<Integer> given = given(block.getIntList(EPOCHS));
    return given.get(given.size() - 1);
  }

  /** The epochs of each round: those given, or fewer and fewer before the last one. */
  private List<Integer> epochs(int candidates, int most) {
    if (block.hasPath(EPOCHS)) {
      return given(block.getIntList(EPOCHS));
    }
    int rounds =
        block.hasPath("rounds")
            ? SettingsLoader.integer(block, "rounds")
            : SweepPlan.rounds(candidates, factor(), most);
    Checks.that(rounds >= 1, "Cannot use sweep.rounds %s: it is 1 or more", rounds);
    List<Integer> epochs = SweepPlan.epochs(rounds, factor(), most);
    Checks.that(
        epochs.stream().distinct().count() == rounds && epochs.get(0) >= 1,
        "Cannot have %s rounds of at most %s epochs, with factor %s: they would be %s; take fewer"
            + " rounds, more epochs, or name them in sweep.epochs",
        rounds,
        most,
        factor(),
        list(epochs));
    return epochs;
  }

  private static List<Integer> given(List<Integer> epochs) {
    boolean areRising = !epochs.isEmpty() && epochs.get(0) >= 1;
    for (int i = 1; i < epochs.size(); i++) {
      areRising &= epochs.get(i) > epochs.get(i - 1);
    }
    Checks.that(
        areRising,
        "Cannot use sweep.epochs %s: they are one number a round, 1 or more, and rising",
        list(epochs));
    return epochs;
  }

  private static String list(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }

  /** The settings of each candidate that are its own, in order. */
  private List<Config> tried() {
    List<Config> tried = new ArrayList<>();
    if (block.hasPath("settings")) {
      tried.addAll(sample(combinations(block.getConfig("settings"))));
    } else {
      Checks.that(
          !block.hasPath("sample"),
          "Cannot draw a sweep.sample without sweep.settings to draw from");
    }
    if (block.hasPath("candidates")) {
      tried.addAll(block.getConfigList("candidates"));
    }
    Checks.that(
        !tried.isEmpty(),
        "Cannot sweep by %s: it has no candidate; give values in sweep.settings, or write them out"
            + " in sweep.candidates",
        file);
    return tried;
  }

  /** Every combination of the values, those of the last setting by name changing fastest. */
  private List<Config> combinations(Config settings) {
    List<Config> combinations = List.of(ConfigFactory.empty());
    for (String key : new TreeSet<>(SettingsLoader.keys("", settings.root()))) {
      List<ConfigValue> values = values(settings, key);
      long count = (long) combinations.size() * values.size();
      Checks.that(
          count <= MOST,
          "Cannot sweep over more than %s combinations: give fewer values in sweep.settings",
          MOST);
      combinations =
          combinations.stream()
              .flatMap(before -> values.stream().map(value -> before.withValue(key, value)))
              .toList();
    }
    return block.getObject("settings").isEmpty() ? List.of() : combinations;
  }

  private static List<ConfigValue> values(Config settings, String key) {
    boolean isList =
        settings.hasPath(key) && settings.getValue(key).valueType() == ConfigValueType.LIST;
    List<ConfigValue> values = isList ? settings.getList(key) : List.of();
    Checks.that(
        !values.isEmpty(),
        "Cannot sweep over %s: sweep.settings has no list of values for it; write %s = [a, b]",
        key,
        key);
    return values;
  }

  private List<Config> sample(List<Config> combinations) {
    if (!block.hasPath("sample")) {
      return combinations;
    }
    int wanted = SettingsLoader.integer(block, "sample");
    Checks.that(
        wanted >= 1 && wanted <= combinations.size(),
        "Cannot draw a sweep.sample of %s from %s combinations: it is 1 to as many as there are",
        wanted,
        combinations.size());
    List<Integer> drawn = new ArrayList<>();
    for (int i = 0; i < combinations.size(); i++) {
      drawn.add(i);
    }
    Collections.shuffle(drawn, new Random(base.getLong("seed")));
    return drawn.stream().limit(wanted).sorted().map(combinations::get).toList();
  }

  /** Checks that a candidate's settings can be tried, and that they are not without effect. */
  private void check(Config tried) {
    SettingsLoader.checkKeys(tried, SettingsLoader.preset("defaults"), file + ", sweep");
    Config candidate = tried.withFallback(base);
    SettingsLoader.checkLearningRates(tried, candidate);
    List<String> networks = SettingsLoader.names(base, "networks");
    for (String key : SettingsLoader.keys("", tried.root())) {
      Checks.that(
          !COMMON.contains(key) && !key.startsWith(TRACKING),
          "Cannot sweep over %s: it is the same for all candidates; set it outside of sweep",
          key);
      List<String> path = ConfigUtil.splitPath(key);
      if (path.get(0).equals("network")) {
        String network = path.get(1);
        Checks.that(
            networks.contains(network),
            "Cannot sweep over %s: %s is not among the networks (%s)",
            key,
            network,
            String.join(", ", networks));
        String above = SettingsLoader.common(path.get(2));
        Checks.that(
            !candidate.hasPathOrNull(above)
                || (candidate.hasPath(above) && SettingsLoader.isAuto(candidate, above)),
            "Cannot sweep over %s: %s goes before it; set %s = auto, or sweep over that",
            key,
            above,
            above);
      }
    }
  }

  /** Those of one network: of candidates that are the same for it, the first. */
  private static List<SweepCandidate> candidates(String network, List<Config> tried, Config base) {
    Map<SortedMap<String, String>, Config> distinct = new LinkedHashMap<>();
    for (Config of : tried) {
      Config merged =
          of.withFallback(base)
              .withValue("networks", ConfigValueFactory.fromIterable(List.of(network)));
      SettingsLoader.settings(merged); // its values are checked
      distinct.putIfAbsent(SweepCandidate.values(merged, network), merged);
    }
    Set<String> keys = new LinkedHashSet<>();
    distinct.keySet().forEach(values -> keys.addAll(values.keySet()));
    keys.removeIf(key -> distinct.keySet().stream().map(of -> of.get(key)).distinct().count() == 1);
    String own = "network." + network + ".";
    List<SweepCandidate> candidates = new ArrayList<>();
    distinct.forEach(
        (values, merged) -> {
          String text =
              keys.stream()
                  .sorted()
                  .map(key -> key.replace(own, "") + " " + text(merged, key))
                  .collect(Collectors.joining(", "));
          candidates.add(
              new SweepCandidate(
                  candidates.size() + 1, text.isEmpty() ? "the only one" : text, merged));
        });
    return candidates;
  }

  /** A value as it was written, {@code 1e-4}. */
  private static String text(Config merged, String key) {
    if (!merged.hasPath(key)) {
      return "none";
    }
    return merged.getValue(key).valueType() == ConfigValueType.LIST
        ? merged.getValue(key).render(ConfigRenderOptions.concise())
        : merged.getString(key);
  }
}
