package dev.kennel.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.LocalSpark;
import dev.kennel.table.TableStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.sql.SparkSession;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversation on a real terminal, of which the test has the other end. */
class ShellTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String CONTROL_C = "\u0003";
  private static final String CONTROL_D = "\u0004";

  @TempDir private Path folder;
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private SparkSession spark;
  private PipedOutputStream keys;
  private Terminal terminal;
  private CompletableFuture<Void> conversation;

  @BeforeEach
  void open() throws IOException {
    keys = new PipedOutputStream();
    terminal =
        TerminalBuilder.builder()
            .type("xterm")
            .encoding(StandardCharsets.UTF_8)
            .streams(new PipedInputStream(keys), screen)
            .size(new Size(100, 40))
            .build();
    spark = LocalSpark.session().newSession();
    TableStore tables = new TableStore(spark, folder + "/dogs-run/");
    Shell shell = new Shell(terminal, tables, folder.resolve("history"));
    conversation = CompletableFuture.runAsync(shell::run);
    awaitScreen("dogs-run> ");
  }

  @AfterEach
  void close() throws IOException {
    keys.close();
    terminal.close();
  }

  private void type(String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.UTF_8));
    keys.flush();
  }

  /** What the terminal has shown, without its control sequences. */
  private String shown() {
    return screen
        .toString(StandardCharsets.UTF_8)
        .replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]|\u001b[=>]|[\r\u0007]", "");
  }

  private void awaitScreen(String text) {
    await("\"" + text + "\" to be shown", () -> shown().contains(text));
  }

  private void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting for %s in%n%s", what, shown()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void leave() throws Exception {
    type(CONTROL_D);
    conversation.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aStatementOfSeveralLinesRunsAtItsSemicolonAndIsKeptInTheHistory() throws Exception {
    type("select 40 + 2 as answer\r");
    type("from range(1) where 1 != 2;\r");
    awaitScreen("(1 row)");
    assertThat(shown()).contains("answer\n------\n    42\n(1 row)\n");

    leave();

    assertThat(Files.readString(folder.resolve("history")))
        .contains("select 40 + 2 as answer\\nfrom range(1) where 1 != 2;");
  }

  @Test
  void tabCompletesTablesAndColumns() throws Exception {
    type("select count(learning_r\t");
    awaitScreen("learning_rate");
    type(") as n from epo\t");
    awaitScreen("from epochs ");
    type(";\r");
    awaitScreen("(1 row)");
    leave();
  }

  @Test
  void aMistakeIsToldAndTheConversationGoesOn() throws Exception {
    type("select nope from epochs;\r");
    awaitScreen("Cannot run the query: ");
    type("\\nope\r");
    awaitScreen("Unknown command \\nope");
    type("select 'still ' || 'here' as x;\r");
    awaitScreen("still here");
    leave();
  }

  @Test
  void controlCEndsTheRunningQuery() throws Exception {
    type("select count(*) from range(1000000) a cross join range(1000000) b where a.id < b.id;\r");
    await("a job", () -> spark.sparkContext().statusTracker().getActiveJobIds().length > 0);

    type(CONTROL_C);

    awaitScreen("Cancelled");
    type("select 'still ' || 'here' as x;\r");
    awaitScreen("still here");
    leave();
  }

  @Test
  void controlCForgetsWhatWasTyped() throws Exception {
    type("select\rnonsense");
    awaitScreen("nonsense");
    type(CONTROL_C);
    await("a prompt anew", () -> shown().split("dogs-run> ", -1).length > 2);
    type("select 6 * 7 as x;\r");
    awaitScreen("42");
    assertThat(shown()).doesNotContain("Cannot");
    leave();
  }

  @Test
  void qLeavesAndWhatIsTooWideIsCut() throws Exception {
    type("select repeat('x', 200) as wide;\r");
    awaitScreen("(1 row; cut to fit, format vertical shows all)");
    type("\\q\r");
    conversation.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
