package dev.kennel.page;

import static org.apache.spark.sql.functions.col;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kennel.config.UserError;
import dev.kennel.report.Selection;
import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Serves the page to browsers of this machine, as of the latest commit.
 *
 * <p>Only the loopback address is bound, only GET is answered, and only requests that were sent to
 * this machine by a name of its own: a page from elsewhere whose name leads here is refused.
 */
public final class PageServer implements AutoCloseable {
  private static final Pattern OWN_NAME =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

  private static final int THREADS = 4;

  private final TableStore tables;
  private final List<String> runIds;
  private final boolean isOfAll;
  private final Consumer<String> say;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          work -> {
            Thread thread = new Thread(work, "kennel-report");
            thread.setDaemon(true);
            return thread;
          });

  private HttpServer server;
  private Set<String> seen = Set.of();
  private volatile Page page = new Page("", "");
  private String trouble = "";

  private record Page(String version, String html) {}

  /**
   * A server that has not begun.
   *
   * @param runIds the runs to compare; without any, the newest at each moment
   * @param isOfAll whether to compare all, whatever {@code runIds}
   */
  public PageServer(TableStore tables, List<String> runIds, boolean isOfAll, Consumer<String> say) {
    this.tables = tables;
    this.runIds = List.copyOf(runIds);
    this.isOfAll = isOfAll;
    this.say = say;
  }

  /**
   * Makes the page and begins to serve it.
   *
   * @param port 0 for any that is free
   * @return the address
   * @throws UserError if the port is taken
   */
  public String start(int port) throws IOException {
    refresh();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      server = HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new UserError(
          "Cannot serve on port %d: %s; name another by --port, or none"
              .formatted(port, e.getMessage()),
          e);
    }
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** Looks for commits every so many milliseconds, until the thread is interrupted. */
  public void watch(long milliseconds) throws InterruptedException {
    while (true) {
      Thread.sleep(milliseconds);
      try {
        refresh();
        trouble = "";
      } catch (RuntimeException e) { // such as a row that was replaced meanwhile: look again
        if (!trouble.equals(e.toString())) {
          trouble = e.toString();
          say.accept("Cannot make the page for now: " + e.getMessage());
        }
      }
    }
  }

  /** Makes the page anew if anything was committed since. */
  private void refresh() {
    Set<String> found = new HashSet<>();
    // An epoch's rows are committed last, so that the rest is there as well.
    for (Table table : List.of(Table.RUNS, Table.EPOCHS)) {
      found.addAll(Set.of(tables.read(table).inputFiles()));
    }
    if (!page.html.isEmpty() && found.equals(seen)) {
      return;
    }
    String version = UUID.randomUUID().toString();
    Consumer<String> progress = page.html.isEmpty() ? say : line -> {};
    ReportPage made = new ReportPage(tables, Optional.of(version), progress);
    Set<String> runs = runs();
    String html =
        hasEpoch(runs)
            ? made.of(isOfAll ? Selection.all() : Selection.runs(List.copyOf(runs)))
            : made.waiting(runs);
    if (!seen.isEmpty()) {
      say.accept("Updated the page");
    }
    page = new Page(version, html);
    seen = found;
  }

  private Set<String> runs() {
    Dataset<Row> newestFirst =
        tables.read(Table.RUNS).orderBy(col("started_at").desc(), col("run_id").desc());
    List<String> all =
        newestFirst.select("run_id").collectAsList().stream().map(row -> row.getString(0)).toList();
    for (String id : runIds) {
      if (!all.contains(id)) {
        throw new UserError(
            "Cannot watch run %s: there is no such run in %s".formatted(id, tables.output()));
      }
    }
    return isOfAll
        ? Set.copyOf(all)
        : runIds.isEmpty() ? all.stream().limit(1).collect(Collectors.toSet()) : Set.copyOf(runIds);
  }

  private boolean hasEpoch(Set<String> runs) {
    return !tables.read(Table.EPOCHS).where(col("run_id").isin(runs.toArray())).isEmpty();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Page current = page;
      String host = exchange.getRequestHeaders().getFirst("Host");
      if (host == null || !OWN_NAME.matcher(host).matches()) {
        send(exchange, 421, "text/plain", "Cannot answer: this address is not the one asked for\n");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        send(exchange, 405, "text/plain", "Cannot answer: only GET is\n");
      } else if (exchange.getRequestURI().getPath().equals("/")) {
        send(exchange, 200, "text/html", current.html);
      } else if (exchange.getRequestURI().getPath().equals("/version")) {
        send(exchange, 200, "text/plain", current.version);
      } else {
        send(exchange, 404, "text/plain", "There is one page here, at /\n");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type + "; charset=utf-8");
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Content-Security-Policy", "frame-ancestors 'none'");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean hasBody = !exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, hasBody ? bytes.length : -1);
    if (hasBody) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Ends serving. */
  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
    }
    threads.shutdownNow();
  }
}
