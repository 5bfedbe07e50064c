package dev.kennel.cli;

import dev.kennel.report.Comparison;
import dev.kennel.report.ReportFormat;
import dev.kennel.table.TableStore;
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
      "Compares networks from the tables of their runs alone.",
      "",
      "For each network: test accuracy with its 95 %% interval by bootstrap over the test images,",
      "top-5 accuracy, macro F1, loss, expected calibration error (ECE), and what it cost. For every",
      "two: McNemar's exact test and the difference's interval by paired bootstrap, both on the same",
      "images, and the classes that gain most. Runs with the same settings but for the seed or the",
      "fold count together; where settings differ, the network's name says in what.%n"
    },
    footer = {
      "",
      "Examples:",
      "  kennel compare --output dogs-run                 the newest finished run and its repeats",
      "  kennel compare --output dogs-run --all           every run there",
      "  kennel compare --output dogs-run --run 20261124-053000-1a2b --run 20261124-061500-3c4d",
      "  kennel compare --output dogs-run --format json > comparison.json"
    })
final class CompareCommand implements Callable<Integer> {
  @Mixin private OutputOption output;

  @Mixin private RunOptions runs;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, json or csv (default: ${DEFAULT-VALUE}).")
  private ReportFormat format;

  @Override
  public Integer call() {
    runs.check();
    try (SparkSession spark = SparkSessions.forQueries()) {
      TableStore tables = new TableStore(spark, output.folder());
      System.out.print(format.of(Comparison.of(tables, runs.selection())));
    }
    return 0;
  }
}
