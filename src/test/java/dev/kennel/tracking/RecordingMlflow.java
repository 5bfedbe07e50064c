package dev.kennel.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server that answers as the documentation of MLflow's REST API 2.0 says, of the methods that are
 * called, and keeps what it is told. It refuses what MLflow refuses: too long batches and values,
 * and another value of a param.
 */
public final class RecordingMlflow implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A run there. */
  public static final class Run {
    final String id;
    final String name;
    String status = "RUNNING";
    final Map<String, String> params = new TreeMap<>();
    final Map<String, String> tags = new TreeMap<>();
    final List<String> metrics = new ArrayList<>(); // step key value

    private Run(String id, String name) {
      this.id = id;
      this.name = name;
    }

    public String name() {
      return name;
    }

    public String status() {
      return status;
    }

    public Map<String, String> params() {
      return params;
    }

    public Map<String, String> tags() {
      return tags;
    }

    /** Its values as {@code step key value}. */
    public List<String> metrics() {
      return metrics;
    }
  }

  final Map<String, String> experiments = new HashMap<>(); // ids by name
  final List<String> requests = new ArrayList<>(); // methods
  final List<String> authorizations = new ArrayList<>();
  final CountDownLatch slow = new CountDownLatch(1);
  volatile int failing; // with this code; 0: not
  volatile boolean isSlow;
  private final List<Run> runs = new ArrayList<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  public RecordingMlflow() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Its address. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Its runs, in the order in which they were made. */
  public synchronized List<Run> runs() {
    return List.copyOf(runs);
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (isSlow) {
      try {
        slow.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    try (exchange) {
      JsonNode answer;
      int code = 200;
      try {
        answer = answer(exchange, exchange.getRequestBody().readAllBytes());
      } catch (Refused e) {
        code = e.code;
        answer = JSON.createObjectNode().put("error_code", e.error).put("message", e.getMessage());
      }
      byte[] body = answer.toString().getBytes(UTF_8);
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int code;
    private final String error;

    Refused(int code, String error, String message) {
      super(message);
      this.code = code;
      this.error = error;
    }
  }

  private synchronized JsonNode answer(HttpExchange exchange, byte[] body) {
    String path = exchange.getRequestURI().getPath();
    String method = path.substring(path.indexOf("/mlflow/") + "/mlflow/".length());
    requests.add(method);
    authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
    if (failing != 0) {
      throw new Refused(failing, "INTERNAL_ERROR", "the database is gone");
    }
    if (exchange.getRequestMethod().equals("GET")) {
      return get(method, query(exchange.getRequestURI().getRawQuery()));
    }
    check(
        "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type")),
        "POST requests take application/json");
    try {
      return post(method, JSON.readTree(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode get(String method, Map<String, String> query) {
    return switch (method) {
      case "experiments/get-by-name" -> {
        String name = query.get("experiment_name");
        if (!experiments.containsKey(name)) {
          throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "no experiment " + name);
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("experiment").put("experiment_id", experiments.get(name));
        yield answer;
      }
      case "metrics/get-history" -> {
        ObjectNode answer = JSON.createObjectNode();
        for (String metric : run(query.get("run_id")).metrics) {
          String[] parts = metric.split(" ", -1);
          if (parts[1].equals(query.get("metric_key"))) {
            answer.withArray("metrics").addObject().put("step", Integer.parseInt(parts[0]));
          }
        }
        yield answer;
      }
      default -> throw new Refused(404, "ENDPOINT_NOT_FOUND", method);
    };
  }

  private JsonNode post(String method, JsonNode body) {
    return switch (method) {
      case "experiments/create" -> {
        String id = String.valueOf(experiments.size() + 1);
        experiments.put(body.get("name").asText(), id);
        yield JSON.createObjectNode().put("experiment_id", id);
      }
      case "runs/create" -> {
        check(experiments.containsValue(body.get("experiment_id").asText()), "no experiment");
        Run run = new Run("run" + runs.size(), body.get("run_name").asText());
        body.get("tags")
            .forEach(tag -> run.tags.put(tag.get("key").asText(), tag.get("value").asText()));
        runs.add(run);
        ObjectNode answer = JSON.createObjectNode();
        answer.set("run", json(run));
        yield answer;
      }
      case "runs/search" -> {
        ObjectNode answer = JSON.createObjectNode();
        for (Run run : runs) {
          String filter =
              "tags.`kennel.run_id` = '%s' and tags.`kennel.network` = '%s'"
                  .formatted(run.tags.get("kennel.run_id"), run.tags.get("kennel.network"));
          if (filter.equals(body.get("filter").asText())) {
            answer.withArray("runs").add(json(run));
          }
        }
        yield answer;
      }
      case "runs/log-batch" -> {
        Run run = run(body.get("run_id").asText());
        check(body.path("params").size() <= 100, "at most 100 params");
        check(body.path("metrics").size() <= 1000, "at most 1000 metrics");
        for (JsonNode param : body.path("params")) {
          String value = param.get("value").asText();
          String before = run.params.putIfAbsent(param.get("key").asText(), value);
          check(value.getBytes(UTF_8).length <= 6000, "at most 6000 bytes");
          check(before == null || before.equals(value), "Changing param values is not allowed");
        }
        for (JsonNode metric : body.path("metrics")) {
          check(metric.get("timestamp").asLong() > 1_000_000_000_000L, "timestamps are in ms");
          run.metrics.add(
              metric.get("step") + " " + metric.get("key").asText() + " " + metric.get("value"));
        }
        yield JSON.createObjectNode();
      }
      case "runs/update" -> {
        Run run = run(body.get("run_id").asText());
        run.status = body.get("status").asText();
        check(run.status.equals("RUNNING") != body.has("end_time"), "it ends with an end_time");
        yield JSON.createObjectNode();
      }
      default -> throw new Refused(404, "ENDPOINT_NOT_FOUND", method);
    };
  }

  private Run run(String id) {
    return runs.stream()
        .filter(run -> run.id.equals(id))
        .findAny()
        .orElseThrow(() -> new Refused(404, "RESOURCE_DOES_NOT_EXIST", "no run " + id));
  }

  private static JsonNode json(Run run) {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("info").put("run_id", run.id).put("status", run.status);
    ObjectNode data = json.putObject("data");
    run.params.forEach(
        (key, value) -> data.withArray("params").addObject().put("key", key).put("value", value));
    return json;
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", message);
    }
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    for (String parameter : raw.split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
    }
    return query;
  }

  @Override
  public void close() {
    slow.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
