package dev.kennel.weights;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A web server on this machine that gives away the files that it is given. */
public final class FileServer implements AutoCloseable {
  private static final String NOT_ALL = "/cut-short/";

  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * A server without files. Of those in {@code /cut-short} it sends half, of those in {@code
   * /stuck} too, and then nothing more until it is closed; those in {@code /private} are for the
   * user {@code me} with the password {@code secret}; {@code /moved} leads to the same file without
   * that.
   */
  public FileServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start a server", e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  /** Has it give away a file from now on. */
  public void put(String path, byte[] content) {
    files.put(path, content);
  }

  /** The address of a path. */
  public String address(String path) {
    return "http://" + host() + path;
  }

  /** Host and port. */
  public String host() {
    return server.getAddress().getHostString() + ":" + server.getAddress().getPort();
  }

  /** The paths that were asked for. */
  public List<String> requests() {
    return requests;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(path);
      String login = exchange.getRequestHeaders().getFirst("Authorization");
      byte[] content = files.get(path);
      if (path.startsWith("/moved/")) {
        exchange.getResponseHeaders().add("Location", path.substring("/moved".length()));
        exchange.sendResponseHeaders(302, -1);
      } else if (path.startsWith("/private/") && !"Basic bWU6c2VjcmV0".equals(login)) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"weights\"");
        exchange.sendResponseHeaders(401, -1);
      } else if (content == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        exchange.sendResponseHeaders(200, content.length);
        OutputStream out = exchange.getResponseBody();
        boolean isStuck = path.startsWith("/stuck/");
        boolean isAll = !isStuck && !path.startsWith(NOT_ALL);
        out.write(content, 0, isAll ? content.length : content.length / 2);
        out.flush();
        if (isStuck) {
          closed.await();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
