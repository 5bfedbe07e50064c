package dev.kennel.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void everyColumnHasAComment() {
    assertThat(columns())
        .allSatisfy(column -> assertThat(column.getComment().isDefined()).isTrue());
  }

  @Test
  void everyTableTellsWhatARowIs() {
    assertThat(Table.values())
        .allSatisfy(table -> assertThat(table.description()).matches("an? .+"));
  }

  @Test
  void onlyWhatIsNotKnownWhenARunBeginsOrNotTrueOfEveryImageCanBeAbsent() {
    assertThat(columns().filter(StructField::nullable).map(StructField::name))
        .containsExactly(
            "finished_at",
            "failure",
            "workers",
            "images",
            "train_images",
            "validation_images",
            "test_images",
            "classes",
            "updated_at", // in version 1
            "tables_version", // in version 1
            "split", // of images
            "truncated",
            "split", // of duplicates
            "other_split");
  }

  @Test
  void theVersionIsThatOfTheYoungestColumn() {
    assertThat(columns().mapToLong(column -> column.metadata().getLong("since")).max())
        .hasValue(Table.VERSION);
  }

  private static Stream<StructField> columns() {
    return Arrays.stream(Table.values()).flatMap(table -> Arrays.stream(table.schema().fields()));
  }
}
