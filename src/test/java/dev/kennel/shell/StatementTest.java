package dev.kennel.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementTest {

  private static List<String> texts(String script) {
    return Statement.of(script).stream().map(Statement::text).toList();
  }

  @Test
  void semicolonsDivideStatementsAndTheLastNeedsNone() {
    assertThat(texts("select 1;\n\nselect 2 ; select 3\n"))
        .containsExactly("select 1", "select 2", "select 3");
  }

  @Test
  void blanksCommentsAndLoneSemicolonsAreNoStatements() {
    assertThat(texts(" ;; -- nothing\n; /* nothing */ ;")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ';'",
        "select \";\"",
        "select 'it\\'s;'",
        "select 'it''s;'",
        "select '\\\\', ';'",
        "select r'\\' as a, ';'",
        "select R\"\\\" as a, ';'",
        "select `a;b`",
        "select `a``;b`",
        "select 1 -- it's;\n + 1",
        "select 1 -- goes on \\\n ; here\n + 1",
        "select /* ; */ 1",
        "select /* /* ; */ ; */ 1",
        "select /*+ coalesce(1) */ 'x' -- ;\n, 2",
        "select a - -1, b--;\n from t",
        "select 'a\n;\nb'"
      })
  void aSemicolonInATextANameOrACommentDividesNothing(String statement) {
    assertThat(texts(statement + ";select 2")).containsExactly(statement, "select 2");
  }

  @Test
  void commentsInAStatementStayAndThoseAroundItGo() {
    assertThat(texts("-- a question\nselect 1 /* one */ + 1 -- done\n; -- end"))
        .containsExactly("select 1 /* one */ + 1");
  }

  @Test
  void aStatementKnowsWhereItBegins() {
    assertThat(Statement.of("select 1;\n -- two\n  select 2;"))
        .extracting(Statement::line, Statement::column)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, 1), org.assertj.core.groups.Tuple.tuple(3, 3));
  }

  @Test
  void aBackslashWhereAStatementMayBeginIsACommandToTheEndOfItsLine() {
    assertThat(Statement.of("\\d epochs\nselect 1;\\x\nselect '\\d'"))
        .extracting(Statement::text, Statement::isCommand)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("\\d epochs", true),
            org.assertj.core.groups.Tuple.tuple("select 1", false),
            org.assertj.core.groups.Tuple.tuple("\\x", true),
            org.assertj.core.groups.Tuple.tuple("select '\\d'", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "select 1;", "select 1; -- done", "\\d", "-- nothing", ";"})
  void whatHasItsEndIsWhole(String typed) {
    assertThat(Statement.isWhole(typed)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "select 1; select",
        "select ';",
        "select `;",
        "select 1; /* ;",
        "/*",
        "/*/",
        "select r';"
      })
  void whatHasNoEndYetIsNot(String typed) {
    assertThat(Statement.isWhole(typed)).isFalse();
  }
}
