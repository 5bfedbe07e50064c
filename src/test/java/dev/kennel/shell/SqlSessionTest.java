package dev.kennel.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import dev.kennel.report.RowsFormat;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqlSessionTest {

  private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter notices = new StringWriter();
  private TableStore tables;
  private SmallRun run;
  private SqlSession session;

  @BeforeAll
  void open(@TempDir Path folder) {
    this.folder = folder;
    tables = new TableStore(LocalSpark.session().newSession(), folder.toString());
    run = SmallRun.finished(tables, "first", 1, "{}");
    session =
        new SqlSession(tables, new PrintWriter(out), new PrintWriter(notices), OptionalInt::empty);
  }

  @BeforeEach
  void forget() {
    session.setFormat(RowsFormat.CSV);
    session.setRows(OptionalInt.empty());
    out.getBuffer().setLength(0);
    notices.getBuffer().setLength(0);
  }

  private String answer(String script) {
    out.getBuffer().setLength(0);
    assertThat(session.run(script)).isTrue();
    return out.toString();
  }

  @Test
  void aFolderWithoutTablesIsSaidToBeEmpty() {
    TableStore none =
        new TableStore(LocalSpark.session().newSession(), folder.resolve("typo").toString());
    try (SqlSession empty =
        new SqlSession(none, new PrintWriter(out), new PrintWriter(notices), OptionalInt::empty)) {
      empty.setFormat(RowsFormat.CSV);
      empty.run("select count(*) as n from epochs");
    }
    assertThat(out.toString()).isEqualTo("n\n0\n");
    assertThat(notices.toString())
        .isEqualTo("There is nothing in " + folder + "/typo yet: all tables are empty\n");
  }

  @Test
  void statementsRunOneAfterAnother() {
    assertThat(answer("create temporary view two as select 2 as x; select x + 1 as y from two"))
        .isEqualTo("y\n3\n");
  }

  @Test
  void tablesForPeopleHaveALineBetweenThem() {
    session.setFormat(RowsFormat.TABLE);
    answer("select 1 as x");
    assertThat(answer("select 1 as x; select 2 as x"))
        .isEqualTo("\nx\n-\n1\n(1 row)\n\nx\n-\n2\n(1 row)\n");
  }

  @Test
  void aStatementSeesWhatWasCommittedBeforeIt() {
    String query = "select count(*) as n from epochs where network = 'late'";
    assertThat(answer(query)).isEqualTo("n\n0\n");
    run.epoch("late", 1, 1, new double[] {1, 1}, new double[] {1, 1});
    assertThat(answer(query)).isEqualTo("n\n2\n");
    assertThat(answer("select count(*) as n from learning_curve where network = 'late'"))
        .isEqualTo("n\n1\n");
  }

  @Test
  void rowsBeyondThoseAskedForAreNotDroppedInSilence() {
    session.setRows(OptionalInt.of(2));
    assertThat(answer("select id from range(3)")).isEqualTo("id\n0\n1\n");
    assertThat(notices.toString())
        .isEqualTo("There are more than these 2 rows; --rows N, or here \\rows N, shows more\n");
  }

  @Test
  void asManyRowsAsAskedForAreAll() {
    session.setRows(OptionalInt.of(2));
    assertThat(answer("select id from range(2)")).isEqualTo("id\n0\n1\n");
    assertThat(notices.toString()).isEmpty();
  }

  @Test
  void peopleAreShownAThousandRowsAndProgramsAll() {
    assertThat(answer("select id from range(1001)").lines()).hasSize(1002);
    session.setFormat(RowsFormat.TABLE);
    assertThat(answer("select id from range(1001)")).endsWith("999\n(1000 rows)\n");
    assertThat(notices.toString()).startsWith("There are more than these 1000 rows");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select accuracie from epochs | A column or function parameter with name `accuracie` cannot be"
            + " resolved. Did you mean one of the following? [`accuracy`",
        "select 1 from epoch | there is no table or view epoch: did you mean epochs? (line 1, column 15)",
        "select 1 fom epochs | Syntax error at or near 'epochs': extra input 'epochs' (line 1, column 14)",
        "select nothing(1) | Cannot resolve function",
        "select 1; select 'x | ",
      })
  void aWrongQueryIsToldInOneLine(String query, String why) {
    assertThatThrownBy(() -> session.run(query))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot run the query: " + (why == null ? "" : why))
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .hasLineCount(1)
                    .doesNotContain("SQLSTATE", "[" + "PARSE"));
  }

  @Test
  void theLineAndColumnAreThoseOfTheScript() {
    assertThatThrownBy(() -> session.run("select 1;\n-- two\n  select 2,\n   nope from runs"))
        .hasMessageEndingWith(" (line 4, column 4)");
    assertThatThrownBy(() -> session.run("select 1;\n   select nope from runs"))
        .hasMessageEndingWith(" (line 2, column 11)");
  }

  @Test
  void whatAStrictQueryFailsByIsTheUsersMistake() {
    assertThatThrownBy(
            () ->
                session.run(
                    "set spark.sql.ansi.enabled = true; select 1 / (id - id) from range(1)"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Division by zero");
    session.run("reset spark.sql.ansi.enabled");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "insert into epochs select * from epochs | INSERT",
        "with a as (select 1 as x) insert overwrite directory 'target/x' using csv select * from a | INSERT",
        "from epochs insert into runs select * | INSERT",
        "create table x as select 1 as a | CREATE",
        "create view x as select 1 as a | CREATE",
        "create table x (a int) using parquet | CREATE",
        "drop table epochs | DROP",
        "drop view epochs | DROP",
        "delete from epochs | DELETE",
        "update epochs set epoch = 1 | UPDATE",
        "truncate table epochs | TRUNCATE",
        "alter table epochs add column x int | ALTER",
        "add jar 'x.jar' | ADD",
        "create database x | CREATE",
      })
  void whatWouldWriteIsRefused(String statement, String verb) {
    assertThatThrownBy(() -> session.run(statement))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "Cannot run " + verb + ": tables are only read here; there are SELECT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with a as (select 1 as x) select * from a",
        "(select 1) union all (select 2)",
        "values (1), (2)",
        "table epochs",
        "from epochs select count(*)",
        "show tables",
        "describe epochs",
        "explain insert into epochs select * from epochs",
        "set spark.sql.ansi.enabled",
        "-- comment\n/* another */ select 1",
        "create or replace temporary view mine as select * from epochs",
        "cache table kept as select 1 as x; uncache table kept",
        "select `insert` from values (1) as t(`insert`)",
      })
  void whatOnlyReadsIsRun(String statement) {
    assertThatCode(() -> session.run(statement)).doesNotThrowAnyException();
  }

  @Test
  void tablesAndViewsAreListedWithWhatARowIs() {
    assertThat(answer("\\d"))
        .startsWith("name,a row is\n")
        .contains("\nconfusion,\"a pair of actual and predicted class, with its count\"\n")
        .contains("\ncomparison,\"a run and network: how good it is");
  }

  @Test
  void columnsAreDescribed() {
    assertThat(answer("\\d networks"))
        .startsWith("column,type,meaning\nrun_id,string,\nnetwork,string,Name of the network\n");
    assertThat(answer("\\d cost;")).contains("workers,int,Workers of the run\n");
    assertThatThrownBy(() -> session.run("\\d networ"))
        .hasMessage(
            "Cannot describe networ: there is no such table or view: did you mean networks?");
  }

  @Test
  void theFormatIsChosenAndXTurnsTablesToTheirSide() {
    assertThat(answer("\\format json\nselect 1 as x")).isEqualTo("{\"x\":1}\n");
    assertThat(answer("\\x\nselect 1 as x")).contains("row 1\n  x  1\n");
    assertThat(answer("\\x\nselect 1 as x")).contains("x\n-\n1\n");
    assertThatThrownBy(() -> session.run("\\format xml"))
        .hasMessage("Cannot write rows as xml: the formats are table, vertical, csv, json");
  }

  @Test
  void shippedQueriesAreListedAndRun() {
    assertThat(answer("\\i"))
        .startsWith("query,question\nbest-epoch,After which epoch was each network best?\n");
    assertThat(answer("\\i repeats")).startsWith("network,runs,seeds,mean_accuracy");
  }

  @Test
  void resultsAreWrittenIntoAFile() throws IOException {
    Path file = folder.resolve("rows.csv");
    assertThat(answer("\\o " + file + "\nselect 'ü' as x;\n\\o\nselect 2 as y"))
        .isEqualTo("y\n2\n");
    assertThat(Files.readString(file)).isEqualTo("x\nü\n");
    assertThatThrownBy(() -> session.run("\\o " + folder + "/none/x"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot write to " + folder);
  }

  @Test
  void theMostRowsAndTheTimeAreCommandsToo() {
    assertThat(answer("\\rows 1\nselect id from range(9)")).isEqualTo("id\n0\n");
    assertThat(answer("\\rows all\nselect id from range(9)")).hasLineCount(10);
    assertThatThrownBy(() -> session.run("\\rows 0"))
        .hasMessage("Cannot show \"0\" rows: it is 1 or more, or all");
    session.run("\\timing\nselect 1;\n\\timing");
    assertThat(notices.toString())
        .containsPattern("Times are told\n\\d+\\.\\d\\d s\nTimes are not told");
  }

  @Test
  void helpListsTheCommandsAndAnUnknownOneIsAMistake() {
    assertThat(answer("\\?")).contains("\\d [NAME]", "\\timing", "\\q", "Control-C");
    assertThatThrownBy(() -> session.run("\\z")).hasMessage("Unknown command \\z; \\h lists them");
  }

  @Test
  void qLeaves() {
    assertThat(session.run("select 1; \\q\nselect 2")).isFalse();
    assertThat(out.toString()).isEqualTo("1\n1\n");
  }
}
