package dev.kennel.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cells over the run that ships with the notebooks. */
class NotebookKernelTest {
  private static final String OPEN = "%output notebooks/sample-run\n";

  private static NotebookKernel shared; // its Java cells take seconds to start

  private NotebookKernel kernel;

  @BeforeAll
  static void start() {
    shared = new NotebookKernel("1", () -> LocalSpark.session().newSession());
    Notebook.belongsTo(shared);
    shared.eval(OPEN);
  }

  @BeforeEach
  void take() {
    kernel = shared;
  }

  private String text(String cell) {
    return data(cell, MIMEType.TEXT_PLAIN);
  }

  private String html(String cell) {
    return data(cell, MIMEType.TEXT_HTML);
  }

  private String data(String cell, MIMEType type) {
    return (String) kernel.eval(cell).getData(type);
  }

  @Test
  void aSqlCellShowsATableWithItsNumbersOnTheRight() {
    String query = "select 'a<b' as name, 1 as n union all select null, 12";
    assertThat(text(query))
        .isEqualTo(
            """
            name   n
            ----  --
            a<b    1
            null  12
            (2 rows)\
            """);
    assertThat(html(query))
        .contains("<th style=\"text-align: left\">name</th>")
        .contains("<td style=\"text-align: left\">a&lt;b</td>")
        .contains("<td style=\"text-align: right\">12</td>");
  }

  @Test
  void aLongResultIsCutAndSaysHowToSeeMore() {
    assertThat(text("select id from range(51)"))
        .endsWith(
            "49\n(50 rows)\nThe first 50 rows; %%sql rows=500 at the top of the cell shows more.");
    assertThat(text("%%sql rows=60\nselect id from range(51)")).endsWith("\n50\n(51 rows)");
    assertThat(text("select id from range(0)")).endsWith("(0 rows)");
    assertThat(html("select id from range(0)")).endsWith("<p>No rows.</p>");
    assertThatThrownBy(() -> kernel.eval("%%sql row=6\nselect 1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("%%sql takes rows=NUMBER");
  }

  @Test
  void anOpenedFolderTellsItsRunsAndHasTheViews() {
    assertThat(text(OPEN))
        .contains("resfcn18, resnet18", "finished")
        .endsWith("Opened notebooks/sample-run: 2 runs");
    assertThat(text(OPEN + "select count(*) as n from comparison")).isEqualTo("n\n-\n4\n(1 row)");
    assertThat(text("describe confusion")).contains("Name of the predicted class");
  }

  @Test
  void aChartCellIsAnImage() {
    String chart =
        "%%chart line x=epoch y=accuracy color=network\n"
            + "select epoch, network, avg(accuracy) as accuracy from epochs where split = 'test'"
            + " group by all order by all";
    assertThat(data(chart, MIMEType.IMAGE_SVG)).contains("<svg", ">resnet18<", ">resfcn18<");
    assertThat(text(chart)).contains("resnet18");
  }

  @Test
  void aStatementWithoutAResultShowsNothing() {
    assertThat(kernel.eval("create or replace temporary view one as select 1 as n")).isNull();
    assertThat(text("select n from one")).contains("1");
    assertThat(kernel.eval("  \n")).isNull();
  }

  @Test
  void mistakesInSqlAreToldWithoutAStack() {
    assertThatThrownBy(() -> kernel.eval("select accuracie from epochs"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("accuracie")
        .hasMessageContaining("`accuracy`")
        .hasMessageNotContaining("Project")
        .satisfies(
            error ->
                assertThat(kernel.formatError(error))
                    .noneMatch(line -> line.contains("\tat") || line.contains("    at ")));
    assertThatThrownBy(() -> kernel.eval("selec 1"))
        .hasMessage("Cannot run the query: Syntax error at or near 'selec' (line 1, column 1)");
    assertThatThrownBy(() -> kernel.eval("drop view epochs"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot run DROP: tables are only read here");
    assertThatThrownBy(() -> kernel.eval("select raise_error('no bread')"))
        .satisfies(
            error ->
                assertThat(kernel.formatError(error)).anyMatch(line -> line.contains("no bread")));
  }

  @Test
  void withoutAFolderATableIsNotFoundAndTheMessageSaysHowToOpenOne() {
    kernel = new NotebookKernel("1", () -> LocalSpark.session().newSession());
    assertThatThrownBy(() -> kernel.eval("select * from epochs"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot run the query: there is no table or view epochs (line 1, column 15); no folder is"
                + " open: run %output DIR first");
    assertThatThrownBy(() -> kernel.eval("%output target/none"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot open target/none: there are no tables in /");
    assertThatThrownBy(() -> kernel.eval("%output"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("write %output DIR");
  }

  @Test
  void whereSparkCannotStartEachCellSaysWhy() {
    kernel =
        new NotebookKernel(
            "1",
            () -> {
              throw new IllegalStateException("no master");
            });
    assertThatThrownBy(() -> kernel.eval("select 1"))
        .isInstanceOf(CellError.class)
        .hasMessage("Cannot start Spark: no master");
    assertThat(text("%help")).contains("%%chart");
  }

  @Test
  void aJavaCellShowsTheValueOfItsLastExpression() {
    assertThat(text("%%java\nint six = 6;\nsix * 7")).isEqualTo("42");
    assertThat(text("%%java\nsix")).isEqualTo("6");
    assertThat(kernel.eval("%%java\nsix * 7;")).isNull();
    assertThat(kernel.eval("%%java\nint seven = 7;")).isNull();
    assertThat(kernel.eval("%%java\n// nothing")).isNull();
    assertThat(text("%%java\nint twice(int n) {\n  return 2 * n;\n}\ntwice(six)")).isEqualTo("12");
    assertThat(text("%%java\nrecord Pair(int a, int b) {}\nnew Pair(1, 2)"))
        .isEqualTo("Pair[a=1, b=2]");
  }

  @Test
  void javaCellsHaveSparkTheTablesAndKennelItself() {
    assertThat(
            text(
                "%%java\ntables.read(Table.NETWORKS).select(\"network\").distinct().orderBy(\"network\")"))
        .isEqualTo("network\n--------\nresfcn18\nresnet18\n(2 rows)");
    assertThat(text("%%java\nspark.sql(\"select count(*) as n from runs\").first().getLong(0)"))
        .isEqualTo("2");
    assertThat(text("%%java\nComparison.of(tables, Selection.all()).verdict()"))
        .contains("resnet18");
  }

  @Test
  void mistakesInJavaAreToldWithTheirPlace() {
    assertThatThrownBy(() -> kernel.eval("%%java\nint n = 1;\nint m = \"two\";"))
        .isInstanceOf(CellError.class)
        .hasMessage(
            """
            incompatible types: java.lang.String cannot be converted to int
              int m = "two";
                      ^^^^^""");
    assertThatThrownBy(() -> kernel.eval("%%java\nif (true) {"))
        .isInstanceOf(CellError.class)
        .hasMessageContaining("ends within a statement");
    assertThatThrownBy(() -> kernel.eval("%%java\nthrow new java.io.IOException(\"gone\");"))
        .isInstanceOf(java.io.IOException.class)
        .hasMessage("gone")
        .satisfies(
            error ->
                assertThat(String.join("\n", kernel.formatError(error)))
                    .contains("IOException: gone")
                    .doesNotContain("    at "));
    assertThatThrownBy(
            () -> kernel.eval("%%java\nint down(int n) { return down(n + 1); }\ndown(0)"))
        .isInstanceOf(CellError.class)
        .hasMessageContaining("StackOverflowError");
    assertThat(text("%%java\n1 + 1")).as("it goes on").isEqualTo("2");
  }

  @Test
  void aPictureIsShownAsOne() {
    DisplayData shown =
        kernel.eval(
            "%%java\nnew java.awt.image.BufferedImage(3, 2, java.awt.image.BufferedImage.TYPE_INT_RGB)");
    assertThat(shown.getData(MIMEType.TEXT_PLAIN)).isEqualTo("An image of 3 × 2 pixels");
    assertThat((String) shown.getData(MIMEType.IMAGE_PNG)).startsWith("iVBORw0KGgo");
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void anInterruptEndsAQueryASleepAndALoop() throws Exception {
    for (String endless :
        new String[] {
          "select count(*) from range(1000000) a cross join range(1000000) b where a.id * b.id = -1",
          "%%java\nThread.sleep(1_000_000);",
          "%%java\nwhile (true) {}"
        }) {
      CompletableFuture<DisplayData> cell =
          CompletableFuture.supplyAsync(() -> kernel.eval(endless));
      while (!cell.isDone()) { // before it has begun, an interrupt does nothing
        kernel.interrupt();
        try {
          cell.get(100, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException
            | java.util.concurrent.ExecutionException e) {
          continue;
        }
      }
      assertThatThrownBy(cell::join)
          .as(endless)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(Interrupted.class);
    }
    assertThat(text("select 1 as n")).as("it goes on").isEqualTo("n\n-\n1\n(1 row)");
    assertThat(text("%%java\n1 + 1")).isEqualTo("2");
  }

  private java.util.List<String> completed(String before, String after) {
    return kernel.complete(before + after, before.length()).getReplacements();
  }

  @Test
  void tabCompletesTablesColumnsMarksAndJava() {
    assertThat(completed("select * from con", "")).contains("confusion", "confused_pairs");
    assertThat(completed("select pred", " from confusion"))
        .contains("predicted_label", "predicted_class")
        .doesNotContain("probability");
    assertThat(completed("select c.actual", " from confusion c"))
        .containsExactly("actual_label", "actual_class");
    assertThat(completed("sel", "")).contains("select");
    assertThat(completed("select regexp_ex", "")).contains("regexp_extract(");
    assertThat(completed("%o", "")).containsExactly("output");
    assertThat(completed("%%", "")).containsExactly("sql", "chart", "java");
    assertThat(completed("%%chart he", "")).contains("heatmap", "height=");
    assertThat(completed("%%chart line x=ep", "\nselect epoch from epochs"))
        .containsExactly("epoch");
    assertThat(completed("%%java\nint n = 1;\nspark.sessio", "")).contains("sessionState()");
    assertThat(kernel.complete("select * from con", 17).getSourceStart()).isEqualTo(14);
    assertThat(kernel.complete("%%java\nint n = 1;\nspark.ra", 26).getSourceStart()).isEqualTo(24);
  }

  @Test
  void shiftTabExplainsColumnsTablesAndMethods() {
    assertThat(explained("select top5_labels from predictions", 10))
        .isEqualTo(
            "predictions.top5_labels (array<int>): Indices of the five likeliest classes, the"
                + " likeliest first");
    assertThat(explained("select * from confusion", 16)).contains("predicted_class (string): Name");
    assertThat(explained("%%java\nspark.table(", 19)).contains("table(String");
    assertThat(kernel.inspect("select 1", 8, false)).isNull();
  }

  private String explained(String cell, int at) {
    return (String) kernel.inspect(cell, at, false).getData(MIMEType.TEXT_PLAIN);
  }

  @Test
  void aConsoleKnowsWhenACellIsWhole() {
    assertThat(kernel.isComplete("select 1")).isEmpty();
    assertThat(kernel.isComplete("select 1;")).isEqualTo("complete");
    assertThat(kernel.isComplete("%output x")).isEqualTo("complete");
    assertThat(kernel.isComplete("%%java")).isEmpty();
    assertThat(kernel.isComplete("%%java\nif (true) {")).isEmpty();
    assertThat(kernel.isComplete("%%java\n1 + 1")).isEqualTo("complete");
    assertThat(kernel.getBanner()).contains("%help");
  }
}
