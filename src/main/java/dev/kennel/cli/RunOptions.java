package dev.kennel.cli;

import dev.kennel.config.UserError;
import dev.kennel.report.Selection;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which runs a command compares. */
final class RunOptions {
  @Option(
      names = "--run",
      paramLabel = "RUN_ID",
      description =
          "A run, finished or not; may be repeated (default: the newest finished one, and finished"
              + " runs with the same settings but for the seed or the fold).")
  private List<String> runs = new ArrayList<>();

  @Option(names = "--all", description = "Every run that has a complete epoch.")
  private boolean isAll;

  /**
   * Checks what can be told before Spark starts.
   *
   * @throws UserError if runs are named, and all of them asked for
   */
  void check() {
    if (isAll && !runs.isEmpty()) {
      throw new UserError("Cannot use --all together with --run: it is every run");
    }
  }

  Selection selection() {
    return isAll ? Selection.all() : Selection.runs(runs);
  }
}
