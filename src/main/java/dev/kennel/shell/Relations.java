package dev.kennel.shell;

import dev.kennel.config.NearestName;
import dev.kennel.config.UserError;
import dev.kennel.report.Views;
import dev.kennel.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The tables and views that a session knows: Kennel's, and those that its user has made. */
final class Relations {

  private final SparkSession spark;

  Relations(SparkSession spark) {
    this.spark = spark;
  }

  /** Their names, in lower case and in order. */
  List<String> names() {
    return Stream.of(spark.sqlContext().tableNames())
        .map(name -> name.toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  /** The columns of one. */
  StructType columns(String name) {
    try {
      return spark.table(name).schema();
    } catch (Exception e) {
      if (e instanceof AnalysisException) { // Scala's, and not declared
        List<String> names = names();
        throw new UserError(
            "Cannot describe %s: there is no such table or view%s"
                .formatted(
                    name,
                    NearestName.of(name, names)
                        .map(near -> ": did you mean " + near + "?")
                        .orElse("; there are " + String.join(", ", names))),
            e);
      }
      throw e;
    }
  }

  /** A row for each: its name, and what a row of it is. */
  List<Row> described() {
    List<Row> described = new ArrayList<>();
    for (String name : names()) {
      described.add(RowFactory.create(name, description(name)));
    }
    return described;
  }

  private static String description(String name) {
    if (Views.names().contains(name)) {
      return Views.description(name);
    }
    return Arrays.stream(Table.values())
        .filter(table -> table.tableName().equals(name))
        .findFirst()
        .map(Table::description)
        .orElse(""); // the user knows
  }
}
