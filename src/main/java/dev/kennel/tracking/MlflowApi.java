package dev.kennel.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Requests to a server of MLflow. User and password are those of its address, or else of MLflow's
 * own variables of the environment; they are in no message.
 */
final class MlflowApi {
  private static final String PATH = "/api/2.0/mlflow/";
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration REQUEST = Duration.ofSeconds(30);
  private static final int SHOWN = 200; // characters of a server's message
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String server;
  private final Optional<String> authorization;
  private final Duration patience;
  private final HttpClient client;

  MlflowApi(URI address, Map<String, String> environment) {
    this(address, environment, REQUEST);
  }

  /**
   * An API.
   *
   * @param environment in which {@code MLFLOW_TRACKING_USERNAME} and {@code _PASSWORD}, or {@code
   *     _TOKEN}, may be
   * @param patience how long a request may take
   */
  MlflowApi(URI address, Map<String, String> environment, Duration patience) {
    String authority = address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort());
    String path = address.getRawPath().replaceAll("/+$", "");
    this.server = address.getScheme() + "://" + authority + path;
    this.authorization = authorization(address, environment);
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // no offer of 2, which some proxies refuse
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT)
            .build();
  }

  private static Optional<String> authorization(URI address, Map<String, String> environment) {
    String user = address.getRawUserInfo();
    if (user != null) {
      return Optional.of(basic(URLDecoder.decode(user.replace("+", "%2B"), UTF_8)));
    }
    String name = environment.get("MLFLOW_TRACKING_USERNAME");
    String password = environment.get("MLFLOW_TRACKING_PASSWORD");
    if (name != null && password != null) {
      return Optional.of(basic(name + ":" + password));
    }
    return Optional.ofNullable(environment.get("MLFLOW_TRACKING_TOKEN"))
        .map(token -> "Bearer " + token);
  }

  private static String basic(String user) {
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
  }

  /** The server's address, without user and password. */
  String server() {
    return server;
  }

  /**
   * Posts JSON, and answers with JSON.
   *
   * @throws IOException if the server does not take it, or does not answer in time
   */
  JsonNode post(String method, JsonNode body) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(method, Map.of())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()));
    HttpResponse<String> answer = send(request);
    check(method, answer);
    return json(method, answer);
  }

  /** Gets JSON; empty if there is no such thing. */
  Optional<JsonNode> find(String method, Map<String, String> parameters)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(request(method, parameters).GET());
    if (answer.statusCode() == 404 && code(answer).equals("RESOURCE_DOES_NOT_EXIST")) {
      return Optional.empty();
    }
    check(method, answer);
    return Optional.of(json(method, answer));
  }

  private HttpRequest.Builder request(String method, Map<String, String> parameters) {
    String query =
        new TreeMap<>(parameters)
            .entrySet().stream()
                .map(of -> of.getKey() + "=" + URLEncoder.encode(of.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
    URI uri = URI.create(server + PATH + method + (query.isEmpty() ? "" : "?" + query));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (HttpTimeoutException e) {
      throw new IOException("it did not answer in " + patience.toMillis() / 1000.0 + " s", e);
    } catch (ConnectException e) {
      throw new IOException("no server answers there", e);
    }
  }

  private static void check(String method, HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() / 100 != 2) {
      String why = reason(answer);
      throw new IOException(
          "it answered %s with %d%s"
              .formatted(method, answer.statusCode(), why.isEmpty() ? "" : ", " + why));
    }
  }

  /** What MLflow says of an error; empty: it was not MLflow that answered. */
  private static String reason(HttpResponse<String> answer) {
    try {
      String message = JSON.readTree(answer.body()).path("message").asText();
      String line = message.lines().findFirst().orElse(code(answer));
      return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  private static String code(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body()).path("error_code").asText();
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  private static JsonNode json(String method, HttpResponse<String> answer) throws IOException {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new IOException("it answered " + method + " with no JSON, so it is no MLflow", e);
    }
  }
}
