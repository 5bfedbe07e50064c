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

  private final String output;

  /** Status by run id, the newest run first. */
  private final Map<String, String> statuses = new LinkedHashMap<>();

  Runs(TableStore tables) {
    this.output = tables.output();
    List<Row> newestFirst =
        tables
            .read(Table.RUNS)
            .orderBy(col("started_at").desc(), col("run_id").desc())
            .select("run_id", "status")
            .collectAsList();
    newestFirst.forEach(row -> statuses.put(row.getString(0), row.getString(1)));
  }

  /** The status of each run to compare by its id: those named, else the newest finished one. */
  Map<String, String> choose(List<String> runIds) {
    if (statuses.isEmpty()) {
      throw cannot("there are no tables of a run; train into this folder first, or name another");
    }
    List<String> chosen = runIds.isEmpty() ? List.of(newestFinished()) : runIds;
    Map<String, String> result = new LinkedHashMap<>();
    for (String run : chosen) {
      if (!statuses.containsKey(run)) {
        throw cannot("there is no run %s; there are %s".formatted(run, known()));
      }
      result.put(run, statuses.get(run));
    }
    return result;
  }

  private String newestFinished() {
    return statuses.keySet().stream()
        .filter(run -> statuses.get(run).equals("finished"))
        .findFirst()
        .orElseThrow(
            () -> cannot("no run has finished; wait, or name one of %s".formatted(known())));
  }

  private String known() {
    String newest =
        statuses.entrySet().stream()
            .limit(SHOWN)
            .map(run -> "%s (%s)".formatted(run.getKey(), run.getValue()))
            .collect(joining(", "));
    int others = statuses.size() - SHOWN;
    return others > 0 ? "%s and %d older ones".formatted(newest, others) : newest;
  }

  private UserError cannot(String why) {
    return new UserError("Cannot compare runs in %s: %s".formatted(output, why));
  }
}
