package dev.kennel.cli;

import dev.kennel.config.UserError;
import dev.kennel.report.Views;
import dev.kennel.table.TableStore;
import java.util.concurrent.Callable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kennel sql}: Spark SQL over the tables. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    description = {
      "Runs a query in Spark SQL over the tables of a folder: runs, epochs, rounds, class_metrics,",
      "confusion, predictions, networks, images, duplicates, rejected_images.%n"
    },
    footer = {
      "",
      "Examples:",
      "  kennel sql \"select network, epoch, split, accuracy from epochs order by 1, 2, 3\"",
      "  kennel sql \"describe predictions\" --output dogs-run"
    })
final class SqlCommand implements Callable<Integer> {
  @Parameters(paramLabel = "QUERY", description = "A query in Spark SQL.")
  private String query;

  @Mixin private OutputOption output;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "1000",
      description = "The most rows to print (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Override
  public Integer call() {
    try (SparkSession spark = SparkSessions.forQueries()) {
      Views.register(new TableStore(spark, output.folder()));
      spark.sql(query).show(rows, false);
    } catch (Exception e) {
      if (e instanceof AnalysisException) { // Scala's, and not declared
        throw new UserError("Cannot run the query: " + e.getMessage(), e);
      }
      throw e;
    }
    return 0;
  }
}
