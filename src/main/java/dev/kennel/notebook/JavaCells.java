package dev.kennel.notebook;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jshell.Diag;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;

/** Java cells, run by JShell in this process with the kernel's own class path. */
final class JavaCells implements AutoCloseable {

  private static final List<String> START =
      List.of(
          "import java.io.*;",
          "import java.math.*;",
          "import java.nio.file.*;",
          "import java.time.*;",
          "import java.util.*;",
          "import java.util.function.*;",
          "import java.util.stream.*;",
          "import org.apache.spark.sql.*;",
          "import static org.apache.spark.sql.functions.*;",
          "import dev.kennel.report.*;",
          "import dev.kennel.table.*;",
          "import static dev.kennel.notebook.Notebook.display;",
          "SparkSession spark = dev.kennel.notebook.Notebook.spark();");

  /** Snippets whose value is shown. */
  private static final Set<Snippet.SubKind> VALUES =
      Set.of(
          Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND,
          Snippet.SubKind.VAR_VALUE_SUBKIND,
          Snippet.SubKind.OTHER_EXPRESSION_SUBKIND);

  private final Control control;
  private final JShell shell;

  JavaCells(CellLoader loader) {
    control = new Control(loader);
    shell =
        JShell.builder()
            .executionEngine(new Provider(control), Map.of())
            .compilerOptions("-classpath", classPath(), "-nowarn")
            .in(System.in)
            .out(System.out)
            .err(System.err)
            .build();
    START.forEach(this::runOwn);
  }

  /** A jar that spark-submit loads is not on the JVM's own class path. */
  private static String classPath() {
    String path = System.getProperty("java.class.path");
    String here = codeLocation().toString();
    return List.of(path.split(File.pathSeparator)).contains(here)
        ? path
        : path + File.pathSeparator + here;
  }

  /** The jar, or the folder of classes, that Kennel is run from. */
  static Path codeLocation() {
    try {
      return Path.of(JavaCells.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot find Kennel's jar: " + e.getMessage(), e);
    }
  }

  /** Makes {@code tables} the folder that is open now. */
  void tablesChanged() {
    runOwn("TableStore tables = dev.kennel.notebook.Notebook.tables();");
  }

  private void runOwn(String snippet) {
    for (SnippetEvent event : shell.eval(snippet)) {
      if (event.status() != Snippet.Status.VALID || event.exception() != null) {
        throw new IllegalStateException("Cannot start Java cells: " + control.thrown(event));
      }
    }
  }

  /**
   * The value of the cell's last expression; empty if it has none, or ends in a semicolon.
   *
   * @throws CellError if the compiler refuses the cell
   * @throws Exception what the cell throws
   */
  Optional<Object> run(String source) throws Exception {
    Optional<Object> value = Optional.empty();
    String rest = source;
    while (true) {
      CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      if (next.completeness() == Completeness.EMPTY) {
        return value;
      }
      boolean isWhole = next.completeness().isComplete();
      if (!isWhole && next.completeness() == Completeness.DEFINITELY_INCOMPLETE) {
        throw new CellError("The cell ends within a statement that begins:\n" + firstLine(rest));
      }
      value = runSnippet(isWhole ? next.source() : rest);
      if (!isWhole) {
        return value;
      }
      String written = rest.substring(0, rest.length() - next.remaining().length());
      if (written.stripTrailing().endsWith(";")) {
        value = Optional.empty();
      }
      rest = next.remaining();
    }
  }

  private Optional<Object> runSnippet(String source) throws Exception {
    control.clear();
    Optional<Object> value = Optional.empty();
    for (SnippetEvent event : shell.eval(source)) {
      if (event.causeSnippet() != null) {
        continue; // an older snippet that this one completes
      }
      if (event.status() == Snippet.Status.REJECTED) {
        throw new CellError(diagnosis(event.snippet()));
      }
      if (event.exception() != null) {
        throw control.thrown(event);
      }
      boolean isExpression = VALUES.contains(event.snippet().subKind());
      value = isExpression ? control.value() : Optional.empty();
    }
    return value;
  }

  private String diagnosis(Snippet snippet) {
    return shell
        .diagnostics(snippet)
        .filter(Diag::isError)
        .map(problem -> problem.getMessage(Locale.ROOT) + "\n" + marked(snippet.source(), problem))
        .collect(Collectors.joining("\n"));
  }

  /** The line of a mistake, and signs below it. */
  private static String marked(String source, Diag problem) {
    int at = (int) Math.min(problem.getStartPosition(), source.length());
    int from = source.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
    int to = source.indexOf('\n', at);
    to = to < 0 ? source.length() : to;
    int end = (int) Math.max(at + 1L, Math.min(problem.getEndPosition(), to));
    return "  %s\n  %s%s"
        .formatted(source.substring(from, to), " ".repeat(at - from), "^".repeat(end - at));
  }

  private static String firstLine(String text) {
    return "  " + text.strip().lines().findFirst().orElse("");
  }

  /** What may stand at a place of a cell. */
  ReplacementOptions complete(String source, int at) {
    Part part = part(source, at);
    int[] anchor = {at - part.start};
    List<String> words = new ArrayList<>();
    for (Suggestion one :
        shell.sourceCodeAnalysis().completionSuggestions(part.source, at - part.start, anchor)) {
      if (!words.contains(one.continuation())) {
        words.add(one.continuation());
      }
    }
    return new ReplacementOptions(words, part.start + anchor[0], at);
  }

  /** The signature of what stands at a place; empty if that is not known. */
  Optional<String> describe(String source, int at) {
    Part part = part(source, at);
    String signatures =
        shell.sourceCodeAnalysis().documentation(part.source, at - part.start, false).stream()
            .map(SourceCodeAnalysis.Documentation::signature)
            .distinct()
            .collect(Collectors.joining("\n"));
    return Optional.of(signatures).filter(text -> !text.isEmpty());
  }

  boolean isIncomplete(String source) {
    String rest = source;
    while (true) {
      CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      if (!next.completeness().isComplete()) {
        return next.completeness() == Completeness.DEFINITELY_INCOMPLETE;
      }
      rest = next.remaining();
    }
  }

  private record Part(String source, int start) {}

  /** The statement around a place: the shell looks at one at a time. */
  private Part part(String source, int at) {
    int start = 0;
    while (true) {
      String rest = source.substring(start);
      CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      int end = source.length() - (next.remaining() == null ? 0 : next.remaining().length());
      if (!next.completeness().isComplete() || end >= at || end == start) {
        return new Part(rest, start);
      }
      start = end;
    }
  }

  @Override
  public void close() {
    shell.close();
  }

  /** Hands one control to the shell. */
  private record Provider(Control control) implements ExecutionControlProvider {
    @Override
    public String name() {
      return "kennel";
    }

    @Override
    public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
      return control;
    }
  }

  /** Keeps values and exceptions as they are; the shell itself only hands on their texts. */
  private static final class Control extends DirectExecutionControl {
    private Optional<Object> value = Optional.empty();
    private Optional<Throwable> thrown = Optional.empty();

    Control(CellLoader loader) {
      super(loader);
    }

    void clear() {
      value = Optional.empty();
      thrown = Optional.empty();
    }

    Optional<Object> value() {
      return value;
    }

    Exception thrown(SnippetEvent event) {
      Throwable reason = thrown.orElse(event.exception());
      return reason instanceof Exception exception
          ? exception
          : new CellError(String.valueOf(reason), reason);
    }

    @Override
    protected String invoke(Method snippet) throws Exception {
      try {
        value = Optional.ofNullable(snippet.invoke(null));
        return ""; // the shell need not know
      } catch (InvocationTargetException e) {
        thrown = Optional.ofNullable(e.getCause());
        throw e;
      }
    }
  }
}
