package dev.kennel.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.collection.JavaConverters;

class CellValueTest {
  @ParameterizedTest
  @CsvSource({
    "0.7416666666666667, 0.741667",
    "0.75, 0.75",
    "12, 12",
    "0, 0",
    "-1.5, -1.5",
    "1234567.891, 1234568",
    "7.98e-8, 7.98E-8",
    "NaN, NaN",
    "Infinity, Infinity"
  })
  void aFigureHasSixDigitsAndAWholeOneAllOfItsOwn(double figure, String text) {
    assertThat(CellValue.text(figure)).isEqualTo(text);
  }

  @Test
  void listsMapsStructsTimesAndAbsenceReadAsInSql() {
    assertThat(CellValue.text(null)).isEqualTo("NULL");
    assertThat(CellValue.text(11_181_642L)).isEqualTo("11181642");
    assertThat(CellValue.text(new BigDecimal("1.50"))).isEqualTo("1.50");
    assertThat(CellValue.text(Instant.parse("2026-11-24T05:30:00Z")))
        .isEqualTo("2026-11-24 05:30:00");
    assertThat(CellValue.text(new byte[] {1, -1})).isEqualTo("01ff");
    assertThat(CellValue.text(JavaConverters.asScalaBuffer(List.of(1, 2)).toList()))
        .isEqualTo("[1, 2]");
    assertThat(CellValue.text(JavaConverters.mapAsScalaMap(Map.of("a", 0.5))))
        .isEqualTo("{a: 0.5}");
    Object[] values = {"x", RowFactory.create().size()};
    StructType schema = new StructType().add("name", "string").add("n", "int");
    assertThat(CellValue.text(new GenericRowWithSchema(values, schema)))
        .isEqualTo("{name: x, n: 0}");
  }
}
