package dev.kennel.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.LocalSpark;
import dev.kennel.report.Views;
import dev.kennel.table.TableStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.jline.reader.Candidate;
import org.jline.reader.Parser.ParseContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is offered where {@code |} is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompletionTest {

  private static final String[] EPOCHS = {"run_id", "network", "epoch", "split", "learning_rate"};

  private Completion completion;

  @BeforeAll
  void open(@TempDir Path output) {
    SparkSession spark = LocalSpark.session().newSession();
    Views.register(new TableStore(spark, output.toString()));
    spark.sql("create temporary view best as select epoch as best_epoch from epochs");
    completion = new Completion(spark);
  }

  private List<String> offered(String typed) {
    int cursor = typed.indexOf('|');
    String line = typed.replace("|", "");
    List<Candidate> candidates = new ArrayList<>();
    completion.complete(
        null, new SqlParser().parse(line, cursor, ParseContext.COMPLETE), candidates);
    return candidates.stream().map(Candidate::value).toList();
  }

  @Test
  void atTheBeginningKeywords() {
    assertThat(offered("|")).contains("select", "with", "describe").doesNotContain("epochs");
  }

  @Test
  void keywordsInCapitalsForThoseWhoTypeThem() {
    assertThat(offered("SEL|")).contains("SELECT", "GROUP BY").doesNotContain("select");
  }

  @Test
  void tablesAndViewsWhereOneIsNamed() {
    for (String typed : List.of("select * from |", "select 1 from epochs join ep|", "describe |")) {
      assertThat(offered(typed))
          .contains("epochs", "comparison", "best")
          .doesNotContain("accuracy", "select");
    }
  }

  @Test
  void columnsOfTheTablesThatTheStatementNames() {
    assertThat(offered("select | from epochs"))
        .contains(EPOCHS)
        .doesNotContain("probability", "top5_labels", "best_epoch");
    assertThat(offered("select ac| from Epochs, `predictions`"))
        .contains("accuracy", "probability", "count(");
  }

  @Test
  void columnsOfAllTablesWhileNoneIsNamed() {
    assertThat(offered("select b|")).contains("accuracy", "probability", "best_epoch", "epochs");
    assertThat(offered("select |")).contains("epochs").doesNotContain("accuracy"); // too many
  }

  @Test
  void columnsOfTheTableThatAnAliasStandsFor() {
    String typed = "select p.| from epochs as e join predictions p on e.network = p.network";
    assertThat(offered(typed)).contains("probability").doesNotContain("learning_rate", "epochs");
    assertThat(offered("select * from epochs e where e.ep|")).contains(EPOCHS);
    assertThat(offered("select best.| from best")).containsExactly("best_epoch");
    assertThat(offered("select x.| from epochs e")).isEmpty();
  }

  @Test
  void theStatementIsTheOneThatTheCursorIsIn() {
    assertThat(offered("select 1 from predictions; select | from best; select 1 from epochs"))
        .contains("best_epoch")
        .doesNotContain("probability", "learning_rate");
  }

  @Test
  void nothingInATextOrAComment() {
    assertThat(offered("select * from epochs where split = 'te|")).isEmpty();
    assertThat(offered("select * from epochs where split = 'te|'")).isEmpty();
    assertThat(offered("select * from epochs -- se|")).isEmpty();
    assertThat(offered("/* se| */ select 1")).isEmpty();
    assertThat(offered("select 'a'|")).isNotEmpty();
  }

  @Test
  void commandsAndWhatTheyTake() {
    assertThat(offered("\\|")).contains("\\d", "\\format", "\\q");
    assertThat(offered("\\d ep|")).contains("epochs", "comparison").doesNotContain("select");
    assertThat(offered("\\i confused-|")).contains("confused-classes");
    assertThat(offered("\\format |")).containsExactly("table", "vertical", "csv", "json");
    assertThat(offered("\\q |")).isEmpty();
  }

  @Test
  void theWordIsTheOneThatTheCursorIsIn() {
    SqlParser.Input word =
        (SqlParser.Input) new SqlParser().parse("select e.accu", 13, ParseContext.COMPLETE);
    assertThat(word.word()).isEqualTo("accu");
    word = (SqlParser.Input) new SqlParser().parse("\\i best-ep", 10, ParseContext.COMPLETE);
    assertThat(word.word()).isEqualTo("best-ep");
  }
}
