package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.LocalSpark;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's reference of tables and views is what the schemas and the views' comments say; this
 * test writes it to {@code target/reference.md}.
 */
class ReadmeReferenceTest {
  private static final String BEGIN =
      "<!-- The reference of tables and views, from their schemas -->\n";
  private static final String END = "<!-- End of the reference -->\n";

  @Test
  void theReadmeTellsEveryColumnOfEveryTableAndView(@TempDir Path output) throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    SparkSession spark = LocalSpark.session().newSession();
    TableStore tables = new TableStore(spark, output.toString());
    Views.register(tables);
    StringBuilder reference = new StringBuilder();
    for (Table table : Table.values()) {
      reference.append(section(table.tableName(), table.schema()));
    }
    for (String view : Views.names()) {
      reference.append(section(view + " (view)", spark.table(view).schema()));
    }

    Files.writeString(Path.of("target/reference.md"), reference); // to copy from
    int begin = readme.indexOf(BEGIN);
    assertThat(begin).as("the line " + BEGIN).isNotNegative();
    assertThat(readme.substring(begin + BEGIN.length(), readme.indexOf(END)))
        .isEqualTo("\n" + reference);
  }

  private static String section(String name, StructType schema) {
    StringBuilder text =
        new StringBuilder(
            "**%s**\n\n| column | type | meaning |\n| --- | --- | --- |\n".formatted(name));
    for (StructField column : schema.fields()) {
      String comment = column.getComment().get().replace("|", "\\|");
      boolean isNew = column.metadata().contains("since") && column.metadata().getLong("since") > 1;
      text.append(
          "| `%s` | %s | %s%s |\n"
              .formatted(
                  column.name(),
                  column.dataType().simpleString(),
                  comment,
                  isNew ? "; since version " + column.metadata().getLong("since") : ""));
    }
    return text.append('\n').toString();
  }
}
