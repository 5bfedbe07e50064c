package dev.kennel.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import dev.kennel.table.TableStore;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageServerTest {
  @TempDir Path output;
  private TableStore tables;
  private GeneratedTables generated;
  private PageServer server;
  private URI address;
  private Thread watching;

  @BeforeEach
  void open() {
    tables = new TableStore(LocalSpark.session(), output.toString());
    generated =
        new GeneratedTables(tables, List.of("pug", "beagle"), List.of("a.jpg", "b.jpg", "c.jpg"));
  }

  private void start() throws Exception {
    server = new PageServer(tables, List.of(), false, said -> {});
    address = URI.create(server.start(0));
    watching =
        new Thread(
            () -> {
              try {
                server.watch(50);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    watching.start();
  }

  @AfterEach
  void close() throws InterruptedException {
    if (server != null) {
      server.close();
      watching.interrupt();
      watching.join();
    }
  }

  @Test
  void thePageAndItsVersionFollowARunFromBeforeItsFirstEpochToItsEnd() throws Exception {
    start();
    assertThat(get("/")).contains("No run has begun yet");

    generated.run("first", "running", 0, 42);
    awaitPage("No epoch has ended yet", "Run first is running");

    String before = get("/version");
    assertThat(get("/")).contains("data-version=\"" + body(before) + "\"");
    assertThat(body(get("/version"))).isEqualTo(body(before));

    generated.epoch("first", "resnet18", 1, 0.5, 4);
    awaitPage("Results of resnet18", "\"epoch\":1");
    assertThat(body(get("/version"))).isNotEqualTo(body(before));

    generated.lastEpoch("first", "resnet18", 2, 0.9, 4);
    awaitPage("\"epoch\":2", "What resnet18 takes images for");

    generated.run("first", "finished", 0, 42);
    awaitPage("Run first has finished");

    generated.run("second", "failed", 1, 43);
    awaitPage("Run second has failed: the disk is full");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, evil.example, 421",
    "GET, /version, evil.example:80, 421",
    "GET, /, localhost.evil.example, 421",
    "GET, /, LOCALHOST:4050, 200",
    "GET, /version, 127.0.0.1, 200",
    "GET, /, [::1]:80, 200",
    "POST, /, localhost, 405",
    "HEAD, /, localhost, 405",
    "GET, /conf, localhost, 404",
    "GET, /../etc/passwd, localhost, 404"
  })
  void onlyGetOfTheOnePageByANameOfThisMachineIsAnswered(
      String method, String path, String host, int status) throws Exception {
    generated.run("first", "running", 0, 42);
    start();

    assertThat(ask(method, path, host)).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void onlyTheLoopbackAddressIsBound() throws Exception {
    start();

    assertThat(address.getHost()).isEqualTo("127.0.0.1");
    assertThat(InetAddress.getByName(address.getHost()).isLoopbackAddress()).isTrue();
  }

  @Test
  void aPortThatIsTakenIsTheUsersMistake() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PageServer second = new PageServer(tables, List.of(), false, said -> {})) {
      assertThatThrownBy(() -> second.start(taken.getLocalPort()))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("Cannot serve on port " + taken.getLocalPort());
    }
  }

  @Test
  void aRunThatIsNotThereIsTheUsersMistake() {
    generated.run("first", "running", 0, 42);
    try (PageServer absent = new PageServer(tables, List.of("second"), false, said -> {})) {
      assertThatThrownBy(() -> absent.start(0))
          .isInstanceOf(UserError.class)
          .hasMessage("Cannot watch run second: there is no such run in " + output);
    }
  }

  private void awaitPage(String... parts) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    String page = get("/");
    while (!List.of(parts).stream().allMatch(page::contains) && System.nanoTime() < end) {
      page = get("/");
    }
    assertThat(page).contains(parts);
  }

  private String get(String path) throws Exception {
    return ask("GET", path, "localhost");
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  /** Over a bare socket, since Java's client sets the host by itself. */
  private String ask(String method, String path, String host) throws Exception {
    try (Socket socket = new Socket(address.getHost(), address.getPort());
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream()) {
      String request =
          "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(method, path, host);
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
