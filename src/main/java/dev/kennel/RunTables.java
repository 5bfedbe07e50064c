package dev.kennel;

import static java.util.stream.Collectors.toList;
import static org.apache.spark.sql.functions.col;

import dev.kennel.averaging.Replicated;
import dev.kennel.averaging.Round;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.Settings;
import dev.kennel.config.UserError;
import dev.kennel.dataset.Classes;
import dev.kennel.dataset.ImageFile;
import dev.kennel.dataset.ImageHashes;
import dev.kennel.dataset.Split;
import dev.kennel.evaluation.Metrics;
import dev.kennel.evaluation.TestedEpoch;
import dev.kennel.image.Augmentation;
import dev.kennel.model.ModelDescription;
import dev.kennel.model.TrainedModel;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import dev.kennel.tracking.SettingsTexts;
import dev.kennel.tracking.TrackedRun;
import dev.kennel.tracking.Tracking;
import dev.kennel.training.Checkpoints;
import dev.kennel.training.Cluster;
import dev.kennel.training.EarlyStopping;
import dev.kennel.training.TrainedEpoch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The rows of one run. Before its first epoch has ended, its row in {@code runs} is published and
 * what it left out, in {@code rejected_images}; the {@code epochs} rows of an epoch are published
 * last, so that whoever sees them finds the rest.
 */
final class RunTables implements AutoCloseable {
  /** Where the tables are, in the output folder. */
  static final String FOLDER = "/tables";

  private static final String STAGING = ".staging";
  private static final int NAMED = 3; // images that an error names

  /** Before Spark's own shutdown hooks, which end the session. */
  private static final int HOOK_PRIORITY = 200;

  private final SparkSession spark;
  private final Settings settings;
  private final TableStore store;
  private final String runId;
  private final Map<String, Object> run = new HashMap<>();
  private final Runnable interrupted = this::interrupted;
  private Tracking tracking = Tracking.off();
  private List<Split.Side> heldOut = List.of();
  private Classes classes = new Classes(List.of());
  private boolean isResumed;
  private boolean hasEnded;

  private final Console console;

  private RunTables(SparkSession spark, Settings settings, String runId, Console console) {
    this.console = console;
    this.spark = spark;
    this.settings = settings;
    this.runId = runId;
    this.store = new TableStore(spark, settings.output());
  }

  /** Begins a run: its row says that it is running. */
  static RunTables begin(SparkSession spark, Settings settings, Console console) {
    Instant now = Instant.now();
    RunTables tables = open(spark, settings, RunId.at(now), console);
    tables.run.put("started_at", now);
    tables.run.put("seed", settings.seed());
    tables.run.put("settings", settings.json());
    tables.makeTables(); // first, so that whoever sees the run finds every table
    tables.running();
    return tables;
  }

  /** Goes on with a run that did not finish: its row says again that it is running. */
  static RunTables resume(SparkSession spark, Settings settings, String runId, Console console) {
    RunTables tables = open(spark, settings, runId, console);
    Row row =
        tables
            .store
            .run(runId)
            .orElseThrow(() -> new UserError("Cannot resume " + runId + ": there is no such run"));
    for (String column : Table.RUNS.schema().fieldNames()) {
      Object value = row.getAs(column);
      if (value != null) {
        tables.run.put(column, value instanceof Timestamp time ? time.toInstant() : value);
      }
    }
    if (tables.run.get("status").equals("finished")) {
      throw new UserError("Cannot resume " + runId + ": it has finished");
    }
    Object commit = tables.run.get("git_commit");
    if (!commit.equals(Version.current().commit())) {
      console.say("The run was begun by another version of Kennel, built from %s", commit);
    }
    tables.run.keySet().removeAll(List.of("finished_at", "failure"));
    tables.isResumed = true;
    tables.running();
    return tables;
  }

  private void running() {
    Version version = Version.current();
    run.put("status", "running");
    run.put("master", spark.sparkContext().master());
    run.put("kennel_version", version.number());
    run.put("git_commit", version.commit());
    run.put("spark_version", spark.version());
    run.put("dl4j_version", version.dl4j());
    run.put("java_version", System.getProperty("java.version"));
    run.put("cpu", Arithmetic.processor());
    publishRun();
    ShutdownHookManager.get().addShutdownHook(interrupted, HOOK_PRIORITY);
  }

  private static RunTables open(
      SparkSession spark, Settings settings, String runId, Console console) {
    makeOutput(spark, settings);
    return new RunTables(spark, settings, runId, console);
  }

  /**
   * Makes the output folder, if it is not there.
   *
   * @throws UserError if nothing can be written to it
   */
  static void makeOutput(SparkSession spark, Settings settings) {
    try {
      Path staging = new Path(settings.output(), STAGING);
      FileSystem files = staging.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (!files.mkdirs(staging)) {
        throw new IOException("its folder cannot be made");
      }
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw cannotWrite(settings, e);
    }
  }

  static UserError cannotWrite(Settings settings, Exception e) {
    return new UserError("Cannot write to " + settings.output() + ": " + e.getMessage(), e);
  }

  String runId() {
    return runId;
  }

  /** How many workers the run was begun with; empty: it is just beginning. */
  OptionalInt workers() {
    return run.get("workers") instanceof Integer n ? OptionalInt.of(n) : OptionalInt.empty();
  }

  /** Where the tables are. */
  String location() {
    return settings.output() + FOLDER;
  }

  /**
   * Publishes files that are left out, or taken though they are not whole.
   *
   * @param key names them within the run
   */
  void rejected(String key, List<ImageFile> files) {
    commit(Table.REJECTED_IMAGES, key, Rows.rejected(files));
  }

  /**
   * Notes what is to be trained on.
   *
   * @param images all that were accepted
   * @throws UserError if a resumed run was trained on something else
   */
  void prepared(Cluster cluster, Classes theClasses, Split split, List<ImageFile> images)
      throws IOException {
    checkUnchanged(images);
    classes = theClasses;
    heldOut = split.heldOut();
    note("workers", cluster.workers());
    note("images", (long) images.size() - split.dropped().size());
    note("train_images", (long) split.train().size());
    note("validation_images", (long) split.validation().size());
    note("test_images", (long) split.test().size());
    note("classes", classes.size());
    publishRun();
  }

  /** Keeps the hashes of a run's images, for as long as it may be resumed. */
  private void checkUnchanged(List<ImageFile> images) throws IOException {
    Path hashes = new Path(checkpoints(), "images.sha256");
    List<String> changes = ImageHashes.changes(hadoop(), hashes, images);
    if (!changes.isEmpty()) {
      throw new UserError(
          "Cannot resume %s: its images are not what they were, %d of them: %s%s; bring them back"
              .formatted(
                  runId,
                  changes.size(),
                  changes.stream().limit(NAMED).collect(Collectors.joining(", ")),
                  changes.size() > NAMED ? ", …" : ""));
    }
    ImageHashes.write(hadoop(), hashes, images);
  }

  private void note(String column, Object value) {
    Object before = run.put(column, value);
    if (before != null && !before.equals(value)) {
      run.put(column, before);
      throw new UserError(
          "Cannot resume %s: it has %s %s, and now there are %s; bring back the images that it was trained on"
              .formatted(runId, before, column, value));
    }
  }

  /**
   * Publishes an epoch, with the rest of what it completes. What is there already, from before the
   * run went back to a checkpoint, stays as it is.
   *
   * @param isLast whether the network is trained with it
   * @param tested the model
   * @param raw the parameters, where the model is their moving average
   */
  void epoch(
      String network,
      int epoch,
      boolean isLast,
      TrainedEpoch trained,
      Metrics train,
      List<TestedEpoch> tested,
      Map<String, Metrics> metrics,
      List<TestedEpoch> raw,
      List<Round> rounds) {
    if (epoch == 1) {
      commit(
          Table.NETWORKS,
          network,
          List.of(
              Rows.network(network, settings.networks().get(network).imageSize(), classes.size())));
    }
    if (isLast) {
      commit(Table.PREDICTIONS, network, predictions(network, tested));
      commit(
          Table.CONFUSION,
          network,
          rows(metrics, (split, of) -> Rows.confusion(network, split, of, classes)));
      commit(
          Table.CLASS_METRICS,
          network,
          rows(metrics, (split, of) -> Rows.classes(network, split, of, classes)));
    }
    commit(Table.ROUNDS, network + "-" + epoch, Rows.rounds(network, epoch, rounds));
    double rate = trained.learningRate();
    List<Row> rows = new ArrayList<>();
    rows.add(Rows.epoch(network, epoch, "train", train, rate, trained.seconds()));
    for (TestedEpoch of : tested) {
      rows.add(Rows.epoch(network, epoch, of.split(), metrics.get(of.split()), rate, of.seconds()));
    }
    for (TestedEpoch of : raw) {
      rows.add(
          Rows.epoch(network, epoch, of.split(), of.metrics(classes.size()), rate, of.seconds()));
    }
    commit(Table.EPOCHS, network + "-" + epoch, rows);
    tracking.epoch(network, epoch, Rows.figures(rows));
  }

  /** Copies rows from now on to where the settings say, and tells the console where that is. */
  void track() {
    Map<String, String> facts = new TreeMap<>();
    run.forEach((column, value) -> facts.put(column, value.toString()));
    facts.keySet().removeAll(List.of("settings", "status", "run_id", "updated_at"));
    TrackedRun tracked = new TrackedRun(runId, SettingsTexts.of(settings.json()), facts);
    Consumer<String> say = message -> console.say("%s", message);
    tracking = Tracking.of(settings.tracking(), tracked, hadoop(), say);
  }

  /** Begins to copy a network's rows; those that are there already, of a resumed run, at once. */
  void track(String network) throws IOException {
    tracking.begin(network);
    if (!isResumed || !tracking.isOn()) {
      return;
    }
    epochs(network).forEach((epoch, rows) -> tracking.epoch(network, epoch, Rows.figures(rows)));
    if (hasModel(network)) {
      tracking.trained(network);
    }
  }

  /** The rows of a network's epochs that have ended. */
  private Map<Integer, List<Row>> epochs(String network) {
    return store
        .read(Table.EPOCHS)
        .where(col("run_id").equalTo(runId).and(col("network").equalTo(network)))
        .selectExpr(Table.EPOCHS.schema().fieldNames())
        .collectAsList()
        .stream()
        .collect(Collectors.groupingBy(row -> row.getAs("epoch"), TreeMap::new, toList()));
  }

  /** When a network's training ends, by its epochs before the next one. */
  EarlyStopping stopping(String network, int next) {
    EarlyStopping stopping = new EarlyStopping(settings.earlyStopping());
    if (isResumed) {
      epochs(network)
          .forEach(
              (epoch, rows) ->
                  rows.stream()
                      .filter(row -> epoch < next)
                      .forEach(row -> note(stopping, epoch, row)));
    }
    return stopping;
  }

  private static void note(EarlyStopping stopping, int epoch, Row row) {
    double loss = figure(row, "loss");
    switch (row.<String>getAs("split")) {
      case "train" -> stopping.noteTraining(epoch, loss);
      case "validation" -> stopping.note(epoch, figure(row, "accuracy"), loss);
      default -> {} // decides nothing
    }
  }

  private static double figure(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? Double.NaN : value;
  }

  private static List<Row> rows(
      Map<String, Metrics> metrics, BiFunction<String, Metrics, List<Row>> rows) {
    return metrics.entrySet().stream()
        .flatMap(of -> rows.apply(of.getKey(), of.getValue()).stream())
        .toList();
  }

  private List<Row> predictions(String network, List<TestedEpoch> tested) {
    Map<Integer, String> paths = new HashMap<>();
    heldOut.forEach(side -> side.images().forEach(image -> paths.put(image.id(), image.path())));
    return tested.stream()
        .flatMap(of -> Rows.predictions(network, of, paths, classes).stream())
        .toList();
  }

  private void commit(Table table, String key, List<Row> rows) {
    try {
      if (!store.committed(table, runId, key)) {
        store.commit(table, runId, key, rows);
      }
    } catch (UncheckedIOException e) {
      throw cannotWrite(settings, e);
    }
  }

  /** Where the trained network is, or will be. */
  String model(String network) {
    return model(settings.output(), runId, network);
  }

  /** Where a run's trained network is. */
  static String model(String output, String runId, String network) {
    return output + "/models/" + runId + "/" + network;
  }

  /** Whether the network is trained and saved. */
  boolean hasModel(String network) throws IOException {
    Path folder = new Path(model(network));
    return folder.getFileSystem(hadoop()).exists(folder);
  }

  /** The checkpoints of a network's training. */
  Checkpoints checkpoints(String network) throws IOException {
    return new Checkpoints(
        JavaSparkContext.fromSparkContext(spark.sparkContext()),
        checkpoints() + "/" + network,
        settings.checkpoints().kept(),
        console::say);
  }

  /** Where the trained weights are kept that a network starts from, until the run has finished. */
  Path pretrained(String network) {
    return new Path(checkpoints(), "pretrained/" + network);
  }

  private Path checkpoints() {
    return new Path(settings.output() + "/checkpoints/" + runId);
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /** Of the images of all networks: they are decoded once. */
  private int largestSize() {
    return settings.networks().values().stream()
        .mapToInt(NetworkSettings::imageSize)
        .max()
        .orElseThrow();
  }

  /**
   * Lets an executor save a trained network beside the tables; answers with its folder.
   *
   * @param epochs that it was trained for
   */
  String saveModel(String network, int epochs, Replicated averaged) {
    NetworkSettings own = settings.networks().get(network);
    ModelDescription description =
        new ModelDescription(
            ModelDescription.FORMAT,
            network,
            own.imageSize(),
            classes.folders(),
            classes.names(),
            Augmentation.MEAN,
            Augmentation.STANDARD_DEVIATION,
            settings.images().mayReduce() ? largestSize() : 0,
            settings.testFlip(),
            runId,
            epochs,
            Version.current().number());
    String folder = model(network);
    String staging = checkpoints().toString(); // removed with them, whatever is left there
    var hadoop = new SerializableConfiguration(hadoop());
    JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(List.of(description), 1)
        .foreach(
            described -> {
              Path path = new Path(folder);
              if (!path.getFileSystem(hadoop.value()).exists(path)) { // by an earlier try
                new TrainedModel(described, averaged.answering())
                    .save(hadoop.value(), staging, folder);
              }
            });
    tracking.trained(network);
    return folder;
  }

  /** Ends the run well. */
  synchronized void finished() throws IOException {
    run.put("status", "finished");
    end();
    Path checkpoints = checkpoints();
    checkpoints.getFileSystem(hadoop()).delete(checkpoints, true);
    tracking.finished();
  }

  /** Ends the run with the reason; where that cannot be written, the run stays as running. */
  synchronized void failed(Throwable reason) {
    if (!hasEnded) {
      run.put("status", "failed");
      run.put("failure", String.valueOf(reason.getMessage()));
      try {
        end();
        console.say("Run %s is in the table runs as failed, with the epochs that ended", runId);
      } catch (UserError e) {
        reason.addSuppressed(e);
        console.say("Run %s stays in the table runs as running: %s", runId, e.getMessage());
      }
      if (workers().isPresent()) {
        console.say("To go on with it: train --resume %s --output %s", runId, settings.output());
      }
      tracking.failed();
    }
  }

  /** Ends the run when the process is told to end. */
  private void interrupted() {
    failed(new IllegalStateException("interrupted"));
  }

  private void end() {
    hasEnded = true;
    run.put("finished_at", Instant.now());
    publishRun();
  }

  private void makeTables() {
    try {
      store.makeTables(runId);
    } catch (UncheckedIOException e) {
      throw cannotWrite(settings, e);
    }
  }

  private void publishRun() {
    var row = Table.RUNS.row();
    run.forEach(row::set);
    try {
      store.recordRun(runId, row.build());
    } catch (UncheckedIOException e) {
      throw cannotWrite(settings, e);
    }
  }

  /** Forgets the run; it has ended. */
  @Override
  public void close() {
    ShutdownHookManager.get().removeShutdownHook(interrupted);
  }
}
