package dev.kennel.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's Chromium without a window, driven by its DevTools protocol; one tab. */
final class Chromium implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ADDRESS = Pattern.compile("DevTools listening on ws://([^/]+)/");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
  private final List<JsonNode> events = new ArrayList<>();
  private int sent;

  private Chromium(Process process, String address) throws Exception {
    this.process = process;
    HttpClient http = HttpClient.newHttpClient();
    HttpResponse<String> tabs =
        http.send(
            HttpRequest.newBuilder(URI.create("http://" + address + "/json")).build(),
            HttpResponse.BodyHandlers.ofString());
    String tab = "";
    for (JsonNode target : JSON.readTree(tabs.body())) {
      if (target.get("type").asText().equals("page")) {
        tab = target.get("webSocketDebuggerUrl").asText();
      }
    }
    this.socket = http.newWebSocketBuilder().buildAsync(URI.create(tab), new Listener()).join();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      send(domain + ".enable", Map.of());
    }
  }

  /** Starts it; where it is absent the test is skipped, but for a continuous integration's. */
  static Chromium start(Path profile) throws Exception {
    Optional<Path> program =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .map(name -> Path.of("/usr/bin", name))
            .filter(Files::isExecutable)
            .findFirst();
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(program.isPresent(), "skipped: there is no /usr/bin/chromium (Debian's chromium)");
    }
    Process process =
        new ProcessBuilder(
                program.orElseThrow().toString(),
                "--headless=new",
                "--no-sandbox", // which it needs as root
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader log = process.errorReader();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        drain(log);
        return new Chromium(process, address.group(1));
      }
    }
    throw new IOException("Chromium ended with code " + process.waitFor());
  }

  private static void drain(BufferedReader log) {
    Thread drain =
        new Thread(
            () -> {
              try (log) {
                while (log.readLine() != null) {
                  // or it would wait for room
                }
              } catch (IOException e) {
                // it has ended
              }
            });
    drain.setDaemon(true);
    drain.start();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          received.add(JSON.readTree(text.toString()));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  /** Sends a command; answers with its result. */
  JsonNode send(String method, Map<String, ?> parameters) throws Exception {
    int id = ++sent;
    Map<String, ?> command = Map.of("id", id, "method", method, "params", parameters);
    socket.sendText(JSON.writeValueAsString(command), true).join();
    while (true) {
      JsonNode message = next();
      if (message.path("id").asInt() == id) {
        if (message.has("error")) {
          throw new IOException(method + ": " + message.get("error"));
        }
        return message.get("result");
      }
      events.add(message);
    }
  }

  private JsonNode next() throws Exception {
    JsonNode message = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (message == null) {
      throw new IOException("Chromium does not answer");
    }
    return message;
  }

  /** Opens an address in a window of that size, and waits until it is loaded. */
  void open(String address, int width, int height, String colorScheme) throws Exception {
    events.clear();
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    prefer(colorScheme);
    send("Page.navigate", Map.of("url", address));
    while (events.stream().noneMatch(event -> is(event, "Page.loadEventFired"))) {
      events.add(next());
    }
  }

  void prefer(String colorScheme) throws Exception {
    Map<String, String> feature = Map.of("name", "prefers-color-scheme", "value", colorScheme);
    send("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
  }

  private static boolean is(JsonNode event, String method) {
    return event.path("method").asText().equals(method);
  }

  /** The value of an expression in the page. */
  JsonNode evaluate(String script) throws Exception {
    JsonNode result =
        send(
            "Runtime.evaluate",
            Map.of("expression", script, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new IOException(result.get("exceptionDetails").toString());
    }
    return result.get("result").path("value");
  }

  /** Waits until an expression is true. */
  void await(String script) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    BooleanSupplier isOver = () -> System.nanoTime() > end;
    while (!evaluate(script).asBoolean()) {
      if (isOver.getAsBoolean()) {
        throw new AssertionError("It does not become true: " + script);
      }
    }
  }

  /** Presses a key that types nothing. */
  void press(String key, int code) throws Exception {
    for (String type : List.of("keyDown", "keyUp")) {
      send(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  /** What the page printed to the console, and what went wrong, since it was opened. */
  List<String> problems() {
    return events.stream()
        .filter(
            event ->
                is(event, "Log.entryAdded")
                    || is(event, "Runtime.exceptionThrown")
                    || is(event, "Runtime.consoleAPICalled"))
        .map(JsonNode::toString)
        .toList();
  }

  /** What was asked of the network or disk since the page was opened, pictures in it left out. */
  List<String> requests() {
    return events.stream()
        .filter(event -> is(event, "Network.requestWillBeSent"))
        .map(event -> event.at("/params/request/url").asText())
        .filter(url -> !url.startsWith("data:"))
        .toList();
  }

  /** The page on paper. */
  byte[] print() throws Exception {
    JsonNode pdf =
        send("Page.printToPDF", Map.of("printBackground", true, "preferCSSPageSize", true));
    return pdf.get("data").binaryValue();
  }

  @Override
  public void close() throws Exception {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
