package dev.kennel.table;

import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Where the files of an output folder are.
 *
 * @param output the folder, with its scheme
 */
record Layout(Path output) {

  /** The partition column, whose values are in the folders' names. */
  static final String RUN_ID = "run_id";

  /** What no engine escapes in a folder's name or takes for a hidden file. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /** Beside the tables, so that no reader of them comes here. */
  Path staging() {
    return new Path(output, ".staging");
  }

  Path folder(Table table) {
    return new Path(output, "tables/" + table.tableName());
  }

  Path file(Table table, String runId, String key) {
    return new Path(folder(table, runId), name("key", key) + ".parquet");
  }

  Path folder(Table table, String runId) {
    return new Path(folder(table), RUN_ID + "=" + name("run id", runId));
  }

  private static String name(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "Cannot use \"%s\" as a %s: letters, digits and . _ - only, the first a letter or digit"
              .formatted(name, what));
    }
    return name;
  }
}
