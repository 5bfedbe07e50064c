package dev.kennel.cli;

import dev.kennel.report.Comparison;
import dev.kennel.report.ReportFormat;
import dev.kennel.table.TableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kennel compare}: which network is better, from the tables alone. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    description = {
      "Compares the networks of a run from its tables: test accuracy with a 95 %% interval, and",
      "McNemar's paired test on the same images.%n"
    },
    footer = {
      "",
      "Examples:",
      "  kennel compare --output dogs-run",
      "  kennel compare --output dogs-run --format json > comparison.json",
      "  kennel compare --output dogs-run --run 20261124-053000-1a2b --run 20261124-061500-3c4d"
    })
final class CompareCommand implements Callable<Integer> {
  @Mixin private OutputOption output;

  @Option(
      names = "--run",
      paramLabel = "RUN_ID",
      description = "A run, finished or not; may be repeated (default: the newest finished one).")
  private List<String> runs = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, json or csv (default: ${DEFAULT-VALUE}).")
  private ReportFormat format;

  @Override
  public Integer call() {
    try (SparkSession spark = SparkSessions.forQueries()) {
      System.out.print(format.of(Comparison.of(new TableStore(spark, output.folder()), runs)));
    }
    return 0;
  }
}
