package dev.kennel.sweep;

import static org.apache.spark.sql.functions.col;

import dev.kennel.config.Effect;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.SweepCandidate;
import dev.kennel.config.UserError;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import dev.kennel.tracking.SettingsTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The runs that are in the tables, found by their settings. */
final class RecordedRuns {
  private static final String NETWORK = "network.";

  private final TableStore tables;
  private final List<Recorded> newestFirst = new ArrayList<>();

  /** A run whose settings are those of a training. */
  record Recorded(String id, boolean isFinished, Map<String, String> settings) {}

  RecordedRuns(SparkSession spark, String output) {
    this.tables = new TableStore(spark, output);
    List<Row> rows =
        tables
            .read(Table.RUNS)
            .orderBy(col("started_at").desc(), col("run_id").desc())
            .collectAsList();
    rows.forEach(tables::refuseLaterVersion);
    for (Row row : rows) {
      newestFirst.add(
          new Recorded(
              row.getAs("run_id"),
              row.<String>getAs("status").equals("finished"),
              relevant(row.getAs("settings"))));
    }
  }

  /** The newest run of these settings, one that has finished before all others. */
  Optional<Recorded> of(Settings settings) {
    Map<String, String> wanted = relevant(settings.json());
    List<Recorded> found =
        newestFirst.stream().filter(run -> run.settings().equals(wanted)).toList();
    return found.stream()
        .filter(Recorded::isFinished)
        .findFirst()
        .or(() -> found.stream().findFirst());
  }

  /** Without other networks' own settings: a run of a sweep has one network. */
  private static Map<String, String> relevant(String json) {
    Map<String, String> texts = new TreeMap<>(SettingsTexts.of(SettingsLoader.withDefaults(json)));
    String networks = texts.getOrDefault("networks", "");
    texts
        .keySet()
        .removeIf(
            key ->
                !Effect.isOnTraining(key)
                    || (key.startsWith(NETWORK)
                        && !networks.contains('"' + key.split("\\.", 3)[1] + '"')));
    return texts;
  }

  /**
   * What a finished run came to.
   *
   * @throws UserError if it had no validation images
   */
  Trial trial(SweepCandidate candidate, String runId) {
    List<Row> rows = tables.read(Table.EPOCHS, Set.of(runId)).collectAsList();
    int last = rows.stream().mapToInt(row -> row.<Integer>getAs("epoch")).max().orElseThrow();
    Row validation =
        row(rows, last, "validation")
            .orElseThrow(
                () ->
                    new UserError(
                        "Cannot rank run %s: it has no images for validation".formatted(runId)));
    double seconds =
        rows.stream()
            .filter(row -> row.getAs("split").equals("train"))
            .mapToDouble(row -> row.<Double>getAs("seconds"))
            .sum();
    return new Trial(
        candidate,
        runId,
        last,
        validation.<Double>getAs("accuracy"),
        validation.<Double>getAs("loss"),
        row(rows, last, "test").orElseThrow().<Double>getAs("accuracy"),
        seconds);
  }

  private static Optional<Row> row(List<Row> rows, int epoch, String split) {
    return rows.stream()
        .filter(row -> row.<Integer>getAs("epoch") == epoch && row.getAs("split").equals(split))
        .findFirst();
  }
}
