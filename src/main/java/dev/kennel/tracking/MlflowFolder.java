package dev.kennel.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * MLflow's file store ({@code mlflow/store/tracking/file_store.py}), a folder of this machine: a
 * folder an experiment, in it one a run, both with a {@code meta.yaml}; a file each param and tag;
 * and a file each metric with a line a value: milliseconds, value, step.
 *
 * <p>The run of a network has an id made of its names, so that a training that goes on finds it.
 */
final class MlflowFolder implements Sink {
  private static final String META = "meta.yaml";
  private static final int RUNNING = 1; // the numbers of RunStatus
  private static final int FINISHED = 3;
  private static final int FAILED = 4;

  private final Path root;
  private final String experiment;
  private final TrackedRun run;
  private final Map<String, Path> runs = new HashMap<>(); // their folders, by network

  MlflowFolder(Path root, String experiment, TrackedRun run) {
    this.root = root.toAbsolutePath().normalize();
    this.experiment = experiment;
    this.run = run;
  }

  @Override
  public String place() {
    return "MLflow in " + root;
  }

  @Override
  public void begin(String network) throws IOException {
    MlflowRun begun = MlflowRun.of(run, network);
    Path home = experiment();
    Path folder = home.resolve(id(begun.name()).toString().replace("-", ""));
    for (String part : new String[] {"artifacts", "metrics", "params", "tags"}) {
      Files.createDirectories(folder.resolve(part));
    }
    for (Map.Entry<String, String> param : begun.params().entrySet()) {
      Path file = folder.resolve("params").resolve(param.getKey());
      if (Files.notExists(file)) { // MLflow's params do not change
        replace(file, param.getValue());
      }
    }
    for (Map.Entry<String, String> tag : begun.tags().entrySet()) {
      replace(folder.resolve("tags").resolve(tag.getKey()), tag.getValue());
    }
    Path meta = folder.resolve(META);
    Map<String, String> values =
        Files.exists(meta) ? FlatYaml.read(meta) : meta(home, folder, begun);
    if (!values.getOrDefault("status", "").equals(String.valueOf(FINISHED))) {
      values.put("status", String.valueOf(RUNNING));
      values.remove("end_time");
      replace(meta, FlatYaml.text(values));
    }
    runs.put(network, folder);
  }

  @Override
  public void epoch(String network, TrackedEpoch epoch) throws IOException {
    Path metrics = runs.get(network).resolve("metrics");
    SortedMap<String, Double> values = new TreeMap<>(epoch.values());
    for (Map.Entry<String, Double> value : values.entrySet()) {
      Path file = metrics.resolve(value.getKey());
      Files.createDirectories(file.getParent()); // a/b is file b of folder a
      String step = " " + epoch.epoch();
      if (Files.notExists(file)
          || Files.readAllLines(file, UTF_8).stream().noneMatch(line -> line.endsWith(step))) {
        Files.writeString(
            file,
            epoch.milliseconds() + " " + value.getValue() + step + "\n",
            UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
    }
  }

  @Override
  public void end(String network, boolean failed) throws IOException {
    Path meta = runs.get(network).resolve(META);
    Map<String, String> values = FlatYaml.read(meta);
    if (!values.getOrDefault("status", "").equals(String.valueOf(FINISHED))) {
      values.put("status", String.valueOf(failed ? FAILED : FINISHED));
      values.put("end_time", now());
      replace(meta, FlatYaml.text(values));
    }
  }

  @Override
  public void close() {} // nothing is held open

  /** The folder of the experiment, which is made if there is none of its name. */
  private Path experiment() throws IOException {
    if (Files.notExists(root)) {
      makeExperiment("0", "Default"); // MLflow expects it in every store
    }
    Files.createDirectories(root.resolve(".trash"));
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
      for (Path folder : folders) {
        Path meta = folder.resolve(META);
        if (Files.exists(meta) && experiment.equals(FlatYaml.read(meta).get("name"))) {
          return folder;
        }
      }
    }
    // As many digits as MLflow's own; from the name, so that two runs that begin at once agree.
    BigInteger number = new BigInteger(id(experiment).toString().replace("-", ""), 16);
    BigInteger digits = BigInteger.TEN.pow(17);
    String id = number.mod(digits.multiply(BigInteger.valueOf(9))).add(digits).toString();
    if (Files.exists(root.resolve(".trash").resolve(id))) {
      throw new IOException(
          "experiment " + experiment + " was deleted; restore it, or name another one");
    }
    return makeExperiment(id, experiment);
  }

  private Path makeExperiment(String id, String name) throws IOException {
    Path folder = Files.createDirectories(root.resolve(id));
    Map<String, String> meta = new LinkedHashMap<>();
    meta.put("artifact_location", uri(folder));
    meta.put("creation_time", now());
    meta.put("experiment_id", id);
    meta.put("last_update_time", now());
    meta.put("lifecycle_stage", "active");
    meta.put("name", name);
    replace(folder.resolve(META), FlatYaml.text(meta));
    return folder;
  }

  private static Map<String, String> meta(Path home, Path folder, MlflowRun run) {
    String id = folder.getFileName().toString();
    Map<String, String> meta = new LinkedHashMap<>();
    meta.put("artifact_uri", uri(folder.resolve("artifacts")));
    meta.put("entry_point_name", "");
    meta.put("experiment_id", home.getFileName().toString());
    meta.put("lifecycle_stage", "active");
    meta.put("run_id", id);
    meta.put("run_name", run.name());
    meta.put("run_uuid", id);
    meta.put("source_name", "");
    meta.put("source_type", "4"); // LOCAL
    meta.put("source_version", "");
    meta.put("start_time", now());
    meta.put("user_id", run.tags().get("mlflow.user"));
    return meta;
  }

  private static String uri(Path folder) {
    String uri = folder.toUri().toString();
    return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
  }

  private static UUID id(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
  }

  private static String now() {
    return String.valueOf(System.currentTimeMillis());
  }

  /** Writes a file whole, since MLflow may read it at any moment. */
  private static void replace(Path file, String text) throws IOException {
    Path folder = Optional.ofNullable(file.getParent()).orElseThrow();
    Path whole = Files.createTempFile(folder, ".", ".tmp");
    try {
      Files.writeString(whole, text, UTF_8);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(whole);
    }
  }
}
