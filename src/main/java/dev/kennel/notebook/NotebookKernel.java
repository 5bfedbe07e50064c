package dev.kennel.notebook;

import dev.kennel.config.UserError;
import dev.kennel.shell.CommittedSql;
import dev.kennel.table.TableStore;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;

/**
 * The kernel: a cell is Spark SQL, and its result a table or a chart, or Java.
 *
 * <p>SQL is what a notebook about tables mostly has, so it needs no mark; Java cells begin with
 * {@code %%java}. Spark starts in the background, together with the kernel.
 */
public final class NotebookKernel extends BaseKernel {

  private static final String JOBS = "cell"; // the group of a cell's Spark jobs

  static final String HELP =
      """
      A cell is Spark SQL, and shows its result as a table, unless it begins with one of these:

        %output DIR         opens the tables that kennel train or inspect wrote to DIR, for this cell
                            and all later ones; SQL may follow below
        %help               shows this

        %%chart KIND x=COLUMN y=COLUMN color=COLUMN
                            draws the SQL below. KIND is line, bar, barh (bars that lie), scatter or
                            heatmap. y may be several columns (y=train_loss,test_loss). More:
                            group=COLUMN (lines apart in one colour), low=COLUMN high=COLUMN (the
                            ends of an interval), title="…", width=720, height=360 (pixels)
        %%sql rows=200      shows so many rows instead of 50
        %%java              is Java, run by JShell. It has spark (a SparkSession), tables (the
                            TableStore of the open folder) and display(value). The value of the last
                            expression is shown, unless a semicolon ends it

      describe TABLE explains the columns of a table: runs, epochs, rounds, class_metrics, confusion,
      predictions, networks, images, duplicates, rejected_images, or of a view: comparison,
      learning_curve, hardest_images, confused_pairs, cost. What a run commits meanwhile is in the
      result of the next cell. Tab completes names, Shift-Tab explains them.
      """;

  private final CompletableFuture<SparkSession> session;
  private final CellLoader loader;
  private final CellThread cells;
  private final ChartPen pen = new ChartPen();
  private Optional<String> output = Optional.empty();
  private Optional<CommittedSql> sql = Optional.empty();
  private Optional<JavaCells> java = Optional.empty();

  /** Starts Spark by {@code spark}, and waits for it when a cell needs it. */
  NotebookKernel(String version, Supplier<SparkSession> spark) {
    super(
        "kennel",
        version,
        new LanguageInfo.Builder("sql")
            .version(org.apache.spark.package$.MODULE$.SPARK_VERSION())
            .mimetype("text/x-sql")
            .fileExtension(".sql")
            .pygments("sql")
            .codemirror("sql")
            .build(),
        List.of(),
        null, // without a history: what shows notebooks keeps its own
        new JupyterIO(StandardCharsets.UTF_8),
        new CommManager(),
        new Renderer(),
        null,
        null,
        false,
        new StringStyler.Builder().build());
    loader = new CellLoader(NotebookKernel.class.getClassLoader());
    cells = new CellThread(loader);
    session = CompletableFuture.supplyAsync(() -> started(spark));
  }

  private SparkSession started(Supplier<SparkSession> spark) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader); // so that tasks in this process find the cells' classes
    try {
      return spark.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * Serves notebooks until Jupyter tells it to end.
   *
   * @param connectionFile what Jupyter wrote for it: ports and a key
   * @param spark starts Spark
   * @throws UserError if the file cannot be read
   */
  public static void serve(Path connectionFile, String version, Supplier<SparkSession> spark) {
    try {
      String connection = Files.readString(connectionFile);
      JupyterConnection jupyter =
          new JupyterConnection(KernelConnectionProperties.parse(connection));
      NotebookKernel kernel = new NotebookKernel(version, spark);
      kernel.becomeHandlerForConnection(jupyter);
      jupyter.connect();
      kernel.onStartup();
      jupyter.waitUntilClose();
    } catch (IOException e) {
      throw new UserError(
          "Cannot read the connection file %s: %s; Jupyter writes it and starts the kernel"
              .formatted(connectionFile, e),
          e);
    } catch (GeneralSecurityException e) {
      throw new UserError(
          "Cannot sign messages as %s asks: %s".formatted(connectionFile, e.getMessage()), e);
    }
  }

  @Override
  public void onStartup() {
    Notebook.belongsTo(this);
    super.onStartup();
  }

  @Override
  public void onShutdown(boolean isRestarting) {
    super.onShutdown(isRestarting);
    interrupt();
    java.ifPresent(JavaCells::close);
    if (session.isDone() && !session.isCompletedExceptionally()) {
      session.join().close();
    }
  }

  @Override
  public String getBanner() {
    return "Kennel "
        + getVersion()
        + ": cells are Spark SQL; %%chart draws it, %%java begins a Java cell, %output DIR opens"
        + " tables, %help tells more";
  }

  /** Waits until Spark has started. */
  SparkSession spark() {
    try {
      return session.join();
    } catch (CompletionException e) {
      throw new CellError("Cannot start Spark: " + e.getCause().getMessage(), e.getCause());
    }
  }

  /** The tables of the open folder. */
  Optional<TableStore> tables() {
    return output.map(folder -> new TableStore(spark(), folder));
  }

  @Override
  public DisplayData eval(String source) {
    return (DisplayData) evalRaw(source);
  }

  /** What a cell shows as its result; null, as Jupyter has it, if nothing. */
  @Override
  public Object evalRaw(String source) {
    try {
      return cells.run(
          () -> {
            try {
              return run(Cell.parse(source)).orElse(null);
            } finally {
              System.out.flush(); // what was printed without an end of line
              System.err.flush();
            }
          });
    } catch (Exception e) {
      throw NotebookKernel.<RuntimeException>asItIs(e);
    }
  }

  /** Jupyter shows the type, too; and Scala throws what it does not declare. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> E asItIs(Exception e) throws E {
    throw (E) e;
  }

  private Optional<DisplayData> run(Cell cell) throws Exception {
    Optional<DisplayData> result = Optional.empty();
    for (Cell.Command command : cell.commands()) {
      result.ifPresent(this::display);
      result = Optional.of(command.name().equals("help") ? help() : open(command.words()));
    }
    if (cell.body().isBlank()) {
      return result;
    }
    result.ifPresent(this::display);
    spark().sparkContext().setJobGroup(JOBS, "a cell of a notebook", true);
    return switch (cell.kind()) {
      case SQL -> sql(cell);
      case CHART -> chart(cell);
      case JAVA -> java().run(cell.body()).map(this::shown);
    };
  }

  private static DisplayData help() {
    DisplayData help = new DisplayData(HELP);
    help.putHTML("<pre>" + RowTable.escaped(HELP) + "</pre>");
    return help;
  }

  private DisplayData open(List<String> words) {
    if (words.size() != 1) {
      throw new UserError(
          "Cannot open a folder: write %output DIR, with quotes if the name has blanks");
    }
    String folder = words.get(0);
    TableStore store = new TableStore(spark(), folder);
    if (store.state().isEmpty()) {
      throw new UserError(
          ("Cannot open %s: there are no tables in %s; name a folder that kennel train or kennel"
                  + " inspect wrote to")
              .formatted(folder, Path.of("").toAbsolutePath().resolve(folder).normalize()));
    }
    output = Optional.of(folder);
    sql = Optional.of(CommittedSql.over(store));
    java.ifPresent(JavaCells::tablesChanged);
    List<Row> runs =
        spark()
            .sql(
                "SELECT run_id, status, networks, seed, train_images, test_images, classes FROM runs"
                    + " LEFT JOIN (SELECT run_id, concat_ws(', ', sort_array(collect_set(network)))"
                    + " AS networks FROM epochs GROUP BY run_id) USING (run_id)"
                    + " ORDER BY started_at, run_id")
            .collectAsList();
    if (runs.isEmpty()) {
      return new DisplayData("Opened %s: no run yet".formatted(folder));
    }
    String note = "Opened %s: %d run%s".formatted(folder, runs.size(), runs.size() == 1 ? "" : "s");
    return RowTable.of(runs.get(0).schema(), runs, note);
  }

  private Optional<DisplayData> sql(Cell cell) {
    int rows = RowTable.ROWS;
    for (String word : cell.words()) {
      if (!word.matches("rows=[1-9][0-9]{0,5}")) {
        throw new UserError("Cannot use %s: %%%%sql takes rows=NUMBER".formatted(word));
      }
      rows = Integer.parseInt(word.substring("rows=".length()));
    }
    int most = rows;
    return query(
        cell,
        result ->
            result.columns().length == 0
                ? Optional.empty() // a statement, such as CREATE VIEW
                : Optional.of(RowTable.of(result, most)));
  }

  private Optional<DisplayData> chart(Cell cell) {
    Chart chart = Chart.of(cell.words());
    return query(cell, result -> Optional.of(chart.draw(result, pen)));
  }

  /** Shows the result of a query, over what is committed at this moment. */
  private Optional<DisplayData> query(
      Cell cell, Function<Dataset<Row>, Optional<DisplayData>> show) {
    try {
      return sql().run(cell.body(), show);
    } catch (UserError e) {
      boolean isUnopened =
          output.isEmpty()
              && e.getCause() instanceof AnalysisException mistake
              && "TABLE_OR_VIEW_NOT_FOUND".equals(mistake.getErrorClass());
      throw isUnopened
          ? new UserError(e.getMessage() + "; no folder is open: run %output DIR first", e)
          : e;
    }
  }

  private CommittedSql sql() {
    if (sql.isEmpty()) {
      sql = Optional.of(CommittedSql.withoutTables(spark()));
    }
    return sql.get();
  }

  private JavaCells java() {
    if (java.isEmpty()) {
      JavaCells started = new JavaCells(loader);
      java = Optional.of(started);
      if (output.isPresent()) {
        started.tablesChanged();
      }
    }
    return java.get();
  }

  void show(Object value) {
    display(shown(value));
  }

  private DisplayData shown(Object value) {
    if (value instanceof DisplayData display) {
      return display;
    }
    if (value instanceof Dataset<?> rows) {
      return RowTable.of(rows.toDF(), RowTable.ROWS);
    }
    if (value instanceof RenderedImage image) {
      return picture(image);
    }
    return getRenderer().render(value);
  }

  private static DisplayData picture(RenderedImage image) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write an image as PNG: " + e.getMessage(), e);
    }
    DisplayData display =
        new DisplayData(
            "An image of %d × %d pixels".formatted(image.getWidth(), image.getHeight()));
    display.putData("image/png", Base64.getEncoder().encodeToString(png.toByteArray()));
    return display;
  }

  @Override
  public void interrupt() {
    if (cells.interrupt() && session.isDone() && !session.isCompletedExceptionally()) {
      session.join().sparkContext().cancelJobGroup(JOBS);
    }
  }

  @Override
  public List<String> formatError(Throwable error) {
    return ErrorText.lines(error);
  }

  @Override
  public ReplacementOptions complete(String source, int at) {
    Optional<Cell> cell = java(source, at);
    if (cell.isPresent()) {
      int start = cell.get().start();
      ReplacementOptions found = java().complete(cell.get().body(), at - start);
      return new ReplacementOptions(
          found.getReplacements(), found.getSourceStart() + start, found.getSourceEnd() + start);
    }
    return new SqlWords(spark()).complete(source, at);
  }

  /** The cell, if the place is in Java. */
  private static Optional<Cell> java(String source, int at) {
    if (!source.stripLeading().startsWith("%%java")) {
      return Optional.empty();
    }
    return Optional.of(Cell.parse(source)).filter(cell -> at >= cell.start());
  }

  @Override
  public DisplayData inspect(String source, int at, boolean extraDetail) {
    Optional<Cell> cell = java(source, at);
    return cell.flatMap(part -> java().describe(part.body(), at - part.start()))
        .or(() -> cell.isPresent() ? Optional.empty() : new SqlWords(spark()).describe(source, at))
        .map(DisplayData::new)
        .orElse(null);
  }

  /** For consoles, which ask at each line's end. */
  @Override
  public String isComplete(String source) {
    List<String> names = new ArrayList<>(Cell.Kind.NAMES);
    names.removeIf(name -> !source.startsWith("%%" + name));
    if (!names.isEmpty() && !source.contains("\n")) {
      return ""; // the body is to come
    }
    Optional<Cell> java = java(source, source.length());
    if (java.isPresent()) {
      return java().isIncomplete(java.get().body()) ? "" : IS_COMPLETE_YES;
    }
    return source.startsWith("%") || source.strip().endsWith(";") || source.endsWith("\n")
        ? IS_COMPLETE_YES
        : "";
  }
}
