package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.LocalSpark;
import java.io.IOException;
import java.util.OptionalInt;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class RowsFormatTest {

  private static final String NETWORKS =
      "select * from values ('resnet18', 3, 0.75D, true), ('résfcn', 12, 0.0001234567D, null)"
          + " as t(network, epoch, accuracy, best)";

  private static String written(RowsFormat format, String sql) throws IOException {
    return written(format, OptionalInt.empty(), sql);
  }

  private static String written(RowsFormat format, OptionalInt width, String sql)
      throws IOException {
    Dataset<Row> rows = LocalSpark.session().sql(sql);
    StringBuilder out = new StringBuilder();
    format.write(rows.schema(), rows.toLocalIterator(), width, out);
    return out.toString();
  }

  @Test
  void aTableHasTextsFlushLeftAndDecimalPointsBelowEachOther() throws IOException {
    assertThat(written(RowsFormat.TABLE, NETWORKS))
        .isEqualTo(
            """
            network   epoch     accuracy  best
            --------  -----  -----------  ----
            resnet18      3  0.75         true
            résfcn       12  0.000123457  null
            (2 rows)
            """);
  }

  @Test
  void figuresAreRoundedToSixDigitsButWholeNumbersKeepTheirs() throws IOException {
    assertThat(
            written(
                RowsFormat.TABLE,
                "select explode(array(1234567.8D, 123.45678912D, 2D, 1.5e-9D, 0D, 1e20D, double('NaN')"
                    + ", double('-Infinity'))) as x"))
        .isEqualTo(
            """
                         x
            --------------
              1234568
                  123.457
                    2
                    1.5e-9
                    0
                1e+20
                  NaN
            -Infinity
            (8 rows)
            """);
  }

  @Test
  void anEmptyTableHasItsHeader() throws IOException {
    assertThat(written(RowsFormat.TABLE, NETWORKS + " where epoch > 99"))
        .isEqualTo(
            """
            network  epoch  accuracy  best
            -------  -----  --------  ----
            (0 rows)
            """);
  }

  @Test
  void wideCharactersTakeTwoColumns() throws IOException {
    assertThat(written(RowsFormat.TABLE, "select explode(array('秋田犬', 'akita')) as name, 1 as n"))
        .isEqualTo(
            """
            name    n
            ------  -
            秋田犬  1
            akita   1
            (2 rows)
            """);
  }

  @Test
  void aTextOfSeveralLinesHasThemBelowEachOther() throws IOException {
    assertThat(written(RowsFormat.TABLE, "select 7 as n, 'one\\ntwo' as lines, '' as nothing"))
        .isEqualTo(
            """
            n  lines  nothing
            -  -----  -------
            7  one
               two
            (1 row)
            """);
  }

  /** A file's name may hold them. */
  @Test
  void charactersThatSteerATerminalAreEscaped() throws IOException {
    assertThat(written(RowsFormat.TABLE, "select 'a\\tb\\u001b[2Jc' as name"))
        .contains("a\\tb\\u001b[2Jc");
  }

  @Test
  void listsMapsTimesAndBytesAreReadable() throws IOException {
    String sql =
        "select array(4, 1) as labels, map('resnet18', 'pug') as answers,"
            + " named_struct('a', 0.5D, 'b', null) as both, X'00FF' as bytes,"
            + " timestamp'2026-11-24 05:30:00.25Z' as time, date'2026-11-24' as day,"
            + " 1.50BD as exact";
    assertThat(written(RowsFormat.VERTICAL, sql))
        .isEqualTo(
            """
            row 1
              labels   [4, 1]
              answers  {resnet18: pug}
              both     {a: 0.5, b: null}
              bytes    00ff
              time     2026-11-24T05:30:00.250Z
              day      2026-11-24
              exact    1.50
            (1 row)
            """);
    assertThat(written(RowsFormat.JSON, sql))
        .isEqualTo(
            """
            {"labels":[4,1],"answers":{"resnet18":"pug"},"both":{"a":0.5,"b":null},"bytes":"00ff",\
            "time":"2026-11-24T05:30:00.250Z","day":"2026-11-24","exact":1.50}
            """);
  }

  @Test
  void longTextsAreCutInTheirMiddleToFitATerminalAndThatIsSaid() throws IOException {
    String sql = "select 'dogs/n02085620-Chihuahua/n02085620_10074.jpg' as path, 'pug' as class";
    assertThat(written(RowsFormat.TABLE, OptionalInt.of(30), sql))
        .isEqualTo(
            """
            path                     class
            -----------------------  -----
            dogs/n02085…0_10074.jpg  pug
            (1 row; cut to fit, format vertical shows all)
            """);
    assertThat(written(RowsFormat.TABLE, OptionalInt.empty(), sql)).contains("_10074.jpg  pug\n");
  }

  @Test
  void aTableThatCannotFitATerminalIsWrittenAsLines() throws IOException {
    assertThat(
            written(
                RowsFormat.TABLE,
                OptionalInt.of(20),
                "select 123456789 as first_number, 987654321 as second_number"))
        .isEqualTo(
            """
            row 1
              first_number   123456789
              second_number  987654321
            (1 row)
            (the terminal is too narrow for a table of these columns)
            """);
  }

  @Test
  void verticalRowsHaveALineForEachColumn() throws IOException {
    assertThat(written(RowsFormat.VERTICAL, "select explode(array('a\\nb', 'c')) as x, 1 as name"))
        .isEqualTo(
            """
            row 1
              x     a
                    b
              name  1

            row 2
              x     c
              name  1
            (2 rows)
            """);
  }

  @Test
  void csvQuotesWhatMustBeAndLeavesAbsentValuesEmpty() throws IOException {
    assertThat(
            written(
                RowsFormat.CSV,
                "select 'a \"b\"' as quoted, 'x,y' as `a,b`, null as nothing, 0.1D + 0.2D as all,"
                    + " 'one\\ntwo' as lines, array(1, 2) as list"))
        .isEqualTo(
            """
            quoted,"a,b",nothing,all,lines,list
            "a ""b""\","x,y",,0.30000000000000004,"one
            two","[1,2]"
            """);
  }

  /** An empty line would be no row to most readers. */
  @Test
  void aCsvRowOfOneAbsentValueIsNoEmptyLine() throws IOException {
    assertThat(written(RowsFormat.CSV, "select explode(array('a', null)) as x"))
        .isEqualTo("x\na\n\"\"\n");
  }

  @Test
  void jsonHasAnObjectALineWithNullForWhatIsNoNumber() throws IOException {
    assertThat(
            written(
                RowsFormat.JSON,
                "select 1 as x, 2 as x, double('NaN') as y, '秋\\n' as z from range(2)"))
        .isEqualTo("{\"x\":1,\"x_2\":2,\"y\":null,\"z\":\"秋\\n\"}\n".repeat(2));
  }

  @Test
  void aResultWithoutColumnsIsNothing() throws IOException {
    for (RowsFormat format : RowsFormat.values()) {
      assertThat(written(format, "create or replace temporary view nothing as select 1")).isEmpty();
    }
  }
}
