package dev.kennel.report;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;

import dev.kennel.config.UserError;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** The runs of an output folder, and which of them to compare. */
final class Runs {

  private static final int SHOWN = 10;

  /** A run, by what tells which others it repeats. */
  record Run(String id, String status, long seed, RunSetup setup) {
    boolean isFinished() {
      return status.equals("finished");
    }
  }

  private final String output;

  /** By id, the newest run first. */
  private final Map<String, Run> runs = new LinkedHashMap<>();

  Runs(TableStore tables) {
    this.output = tables.output();
    List<Row> newestFirst =
        tables
            .read(Table.RUNS)
            .coalesce(1) // sorting a few rows across tasks takes two jobs more
            .sortWithinPartitions(col("started_at").desc(), col("run_id").desc())
            .collectAsList();
    newestFirst.forEach(tables::refuseLaterVersion);
    newestFirst.forEach(row -> runs.put(row.getAs("run_id"), run(row)));
  }

  private static Run run(Row row) {
    Integer workers = row.getAs("workers");
    return new Run(
        row.getAs("run_id"),
        row.getAs("status"),
        row.<Long>getAs("seed"),
        RunSetup.of(row.getAs("settings"), workers == null ? -1 : workers));
  }

  /** The runs to compare by their ids: those named in their order, others the oldest first. */
  Map<String, Run> choose(Selection selection) {
    if (runs.isEmpty()) {
      throw cannot("there are no tables of a run; train into this folder first, or name another");
    }
    Map<String, Run> chosen = new LinkedHashMap<>();
    for (String id : selection.runIds()) {
      if (!runs.containsKey(id)) {
        throw cannot("there is no run %s; there are %s".formatted(id, known()));
      }
      chosen.put(id, runs.get(id));
    }
    if (chosen.isEmpty()) {
      List<Run> newestFirst =
          selection.isAll() ? List.copyOf(runs.values()) : repeats(newestFinished());
      for (int i = newestFirst.size() - 1; i >= 0; i--) {
        chosen.put(newestFirst.get(i).id(), newestFirst.get(i));
      }
    }
    return chosen;
  }

  private Run newestFinished() {
    return runs.values().stream()
        .filter(Run::isFinished)
        .findFirst()
        .orElseThrow(
            () -> cannot("no run has finished; wait, or name one of %s".formatted(known())));
  }

  private List<Run> repeats(Run run) {
    return runs.values().stream()
        .filter(other -> other.isFinished() && other.setup().equals(run.setup()))
        .toList();
  }

  private String known() {
    String newest =
        runs.values().stream()
            .limit(SHOWN)
            .map(run -> "%s (%s)".formatted(run.id(), run.status()))
            .collect(joining(", "));
    int others = runs.size() - SHOWN;
    return others > 0 ? "%s and %d older ones".formatted(newest, others) : newest;
  }

  UserError cannot(String why) {
    return new UserError("Cannot compare runs in %s: %s".formatted(output, why));
  }
}
