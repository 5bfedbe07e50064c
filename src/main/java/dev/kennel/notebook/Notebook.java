package dev.kennel.notebook;

import dev.kennel.config.UserError;
import dev.kennel.table.TableStore;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** What Java cells call by name alone. There is one kernel in a process. */
public final class Notebook {

  private static volatile Optional<NotebookKernel> kernel = Optional.empty();

  private Notebook() {}

  static void belongsTo(NotebookKernel running) {
    kernel = Optional.of(running);
  }

  private static NotebookKernel kernel() {
    return kernel.orElseThrow(
        () -> new IllegalStateException("There is no kernel in this process"));
  }

  /** Spark, as SQL cells use it; Java cells have it as {@code spark}. */
  public static SparkSession spark() {
    return kernel().spark();
  }

  /** The tables that {@code %output} opened, as of now. */
  public static TableStore tables() {
    return kernel()
        .tables()
        .orElseThrow(
            () -> new UserError("Cannot read tables: no folder is open; run %output DIR first"));
  }

  /** Shows a value below the cell while it runs; a {@code Dataset} as a table. */
  public static void display(Object value) {
    kernel().show(value);
  }
}
