package dev.kennel.cli;

import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.SweepLoader;
import dev.kennel.config.SweepPlan;
import dev.kennel.config.TrackingSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The options that say which images a command takes, and those by which any setting is given. They
 * are shown in this order, before the command's own, whose order is -1; methods have none.
 */
final class ImageOptions {
  private static final String OUTPUT = "output";

  /** The settings that were given as options, by their keys. */
  private final Map<String, Object> given = new LinkedHashMap<>();

  @Option(
      names = "--images",
      order = -14,
      paramLabel = "DIR",
      description =
          "Folder with one folder of images per class, or a .zip, .tar or .tar.gz of it, which"
              + " the job splits.")
  void images(String value) {
    given("images", value);
  }

  @Option(
      names = "--train-images",
      order = -13,
      paramLabel = "DIR",
      description = "Such a folder for training only; goes with --test-images.")
  void trainImages(String value) {
    given("train-images", value);
  }

  @Option(
      names = "--test-images",
      order = -12,
      paramLabel = "DIR",
      description = "Such a folder for testing only, with the same classes.")
  void testImages(String value) {
    given("test-images", value);
  }

  @Option(
      names = "--train-list",
      order = -11,
      paramLabel = "FILE",
      description =
          "Text file that names the images of --images that are for training, CLASS/FILE, one a"
              + " line; goes with --test-list.")
  void trainList(String value) {
    given("train-list", value);
  }

  @Option(
      names = "--test-list",
      order = -10,
      paramLabel = "FILE",
      description = "The same for testing.")
  void testList(String value) {
    given("test-list", value);
  }

  @Option(
      names = "--manifest",
      order = -9,
      paramLabel = "TABLE",
      description =
          "Table with a row an image: a CSV, TSV or JSON file, Parquet, or a table that Spark knows."
              + " Paths are relative to it, or to --images.")
  void manifest(String value) {
    given("manifest", value);
  }

  @Option(
      names = "--path-column",
      order = -8,
      paramLabel = "NAME",
      description = "Its column of paths (default: path).")
  void pathColumn(String value) {
    given("path-column", value);
  }

  @Option(
      names = "--label-column",
      order = -7,
      paramLabel = "NAME",
      description = "Its column of class names (default: label).")
  void labelColumn(String value) {
    given("label-column", value);
  }

  @Option(
      names = "--split-column",
      order = -6,
      paramLabel = "NAME",
      description =
          "Its column that says train or test (default: split); without it the job splits.")
  void splitColumn(String value) {
    given("split-column", value);
  }

  @Option(
      names = "--accept-truncated",
      order = -5,
      description = "Take what there is of images that were cut short; a table says which.")
  void acceptTruncated(boolean value) {
    given("accept-truncated", value);
  }

  @Option(
      names = "--output",
      order = -4,
      paramLabel = "DIR",
      description = "Folder for tables and models (default: output).")
  void output(String value) {
    given(OUTPUT, value);
  }

  @Option(
      names = "--config",
      order = -3,
      paramLabel = "FILE",
      description = "HOCON file of settings, or a preset: " + SettingsLoader.PRESET_NAMES + ".")
  private Optional<String> config = Optional.empty();

  @Option(
      names = "--set",
      order = -2,
      paramLabel = "KEY=VALUE",
      description = "Any setting of conf/defaults.conf; may be repeated.")
  private List<String> assignments = new ArrayList<>();

  /** Takes the value of an option that is a setting. */
  void given(String key, Object value) {
    if (value != null) { // picocli's word for an option that was not given
      given.put(key, value);
    }
  }

  /** All settings, by what was given; of several seeds, those of the first. */
  Settings load() {
    return loadRuns().get(0);
  }

  /** The settings of one run or, where there are several seeds, of one run of each. */
  List<Settings> loadRuns() {
    return SettingsLoader.loadRuns(config, given, assignments);
  }

  /** The sweep of a file, which goes on top of {@code --config}. */
  SweepPlan loadSweep(String file) {
    return SweepLoader.load(file, config, given, assignments);
  }

  /** Whether nothing is given, or the output alone. */
  boolean areOutputAtMost() {
    boolean hasOthers = given.keySet().stream().anyMatch(key -> !key.equals(OUTPUT));
    return !hasOthers && config.isEmpty() && assignments.isEmpty();
  }

  /** What was given, as it is to be given to another command; without passwords in URIs. */
  String arguments() {
    List<String> arguments = new ArrayList<>();
    config.ifPresent(name -> arguments.add("--config " + name));
    given.forEach(
        (key, value) -> arguments.add("--" + key + (value instanceof Boolean ? "" : " " + value)));
    assignments.forEach(assignment -> arguments.add("--set " + assignment));
    return TrackingSettings.withoutCredentials(String.join(" ", arguments));
  }
}
