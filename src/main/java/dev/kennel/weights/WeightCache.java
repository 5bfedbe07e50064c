package dev.kennel.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files that were fetched from the web, in a folder; any number of processes may share it. A file
 * comes there by a rename when it is whole. Where its name ends in the beginning of its SHA-256, as
 * those of torch.hub do ({@code resnet18-f37072fd.pth}), its content is held to that when it comes
 * and whenever it is used; other files are kept by their address and never fetched again.
 */
public final class WeightCache {
  private static final Pattern HASH = Pattern.compile(".*-([0-9a-f]{8,64})\\.\\w+");
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int PIECE = 1 << 16; // bytes

  private static final Duration STANDSTILL = Duration.ofSeconds(60);

  private final Path folder;
  private final Duration standstill;

  /** In a folder, which need not exist yet. */
  public WeightCache(Path folder) {
    this(folder, STANDSTILL);
  }

  /**
   * In a folder, which need not exist yet.
   *
   * @param standstill how long a transfer may wait for its next byte
   */
  WeightCache(Path folder, Duration standstill) {
    this.folder = folder;
    this.standstill = standstill;
  }

  /**
   * The file of an address, from the cache or from there.
   *
   * @param address http or https; it may hold a user and password, which are given to its own host
   *     when that asks
   * @throws IOException if it cannot be had whole or has another hash than its name says; the
   *     message has not the address
   */
  public Path fetch(URI address, FetchProgress progress) throws IOException {
    String name = name(address);
    Optional<String> hash = hash(name);
    Path target =
        (hash.isPresent() ? folder : folder.resolve(digest(address).substring(0, 16)))
            .resolve(name);
    if (Files.exists(target)) {
      if (hash.isEmpty() || sha256(target).startsWith(hash.get())) {
        return target;
      }
      progress.damaged(target);
    }
    Path aside;
    try {
      Files.createDirectories(target.getParent());
      aside = Files.createTempFile(target.getParent(), name, ".part");
    } catch (IOException e) {
      throw new IOException(
          "its place in the cache, %s, cannot be written to: %s; name another folder by"
                  .formatted(target.getParent(), e)
              + " weights-cache",
          e);
    }
    try {
      String found = download(address, aside, progress);
      if (!found.startsWith(hash.orElse(""))) {
        throw new IOException(
            "it is not the file that its name says: its SHA-256 begins with %s"
                .formatted(found.substring(0, hash.orElseThrow().length())));
      }
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      return target;
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private static String name(URI address) {
    String path = address.getPath() == null ? "" : address.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^\\w.-]", "_");
    return name.isEmpty() ? "weights" : name;
  }

  private static Optional<String> hash(String name) {
    Matcher matcher = HASH.matcher(name);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Answers with the SHA-256 of what came. */
  private String download(URI address, Path to, FetchProgress progress) throws IOException {
    HttpResponse<InputStream> answer = ask(address);
    try (InputStream in = answer.body()) {
      if (answer.statusCode() != 200) {
        throw new IOException("the server answered with " + answer.statusCode());
      }
      long all = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
      return copy(in, to, all, progress);
    }
  }

  private String copy(InputStream in, Path to, long all, FetchProgress progress)
      throws IOException {
    MessageDigest sha256 = sha256();
    long bytes = 0;
    byte[] piece = new byte[PIECE];
    try (OutputStream out = Files.newOutputStream(to);
        Watchdog watchdog = new Watchdog(in, standstill)) {
      while (true) {
        progress.fetched(bytes, all);
        watchdog.moved();
        int read;
        try {
          read = in.read(piece);
        } catch (IOException e) {
          throw brokeOff(bytes, all, e);
        }
        if (read < 0) {
          break;
        }
        out.write(piece, 0, read);
        sha256.update(piece, 0, read);
        bytes += read;
      }
    }
    if (all >= 0 && bytes != all) {
      throw brokeOff(bytes, all, null);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static IOException brokeOff(long bytes, long all, IOException cause) {
    return new IOException(
        "the transfer broke off after %d%s bytes; try it again"
            .formatted(bytes, all < 0 ? "" : " of " + all),
        cause);
  }

  /** Ends a transfer that stands still: Java's client would wait for its next byte without end. */
  private static final class Watchdog implements Closeable {
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "kennel-transfer-watchdog");
              thread.setDaemon(true);
              return thread;
            });
    private final InputStream in;
    private final Duration standstill;
    private ScheduledFuture<?> end;

    Watchdog(InputStream in, Duration standstill) {
      this.in = in;
      this.standstill = standstill;
    }

    /** Waits anew. */
    void moved() {
      if (end != null) {
        end.cancel(false);
      }
      end = timer.schedule(this::end, standstill.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Void end() throws IOException {
      in.close(); // whoever reads gets an error
      return null;
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }

  private static HttpResponse<InputStream> ask(URI address) throws IOException {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // no offer of 2, which some proxies refuse
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT);
    if (address.getRawUserInfo() != null) {
      client.authenticator(new Login(address));
    }
    try {
      URI without =
          URI.create(address.toString().replaceFirst("//[^/?#]*@", "//")); // not sent as it is
      return client
          .build()
          .send(
              HttpRequest.newBuilder(without).timeout(ANSWER).build(),
              BodyHandlers.ofInputStream());
    } catch (HttpTimeoutException e) {
      throw new IOException("the server did not answer in " + ANSWER.toSeconds() + " s", e);
    } catch (ConnectException e) {
      throw new IOException("no server answers there", e);
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no address of a web server", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("it was interrupted").initCause(e);
    }
  }

  /** The user and password of an address, for its own host alone: a redirect may lead elsewhere. */
  private static final class Login extends Authenticator {
    private final URI address;

    Login(URI address) {
      this.address = address;
    }

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
      if (getRequestorType() != RequestorType.SERVER
          || !address.getHost().equalsIgnoreCase(getRequestingHost())) {
        return null; // Java's word for "none"
      }
      String[] login = address.getRawUserInfo().split(":", 2);
      String password = login.length > 1 ? login[1] : "";
      return new PasswordAuthentication(decoded(login[0]), decoded(password).toCharArray());
    }

    private static String decoded(String text) {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }
  }

  private static String digest(URI address) {
    return HexFormat.of().formatHex(sha256().digest(address.toString().getBytes(UTF_8)));
  }

  /** The SHA-256 of a file, in hexadecimal digits. */
  public static String sha256(Path file) throws IOException {
    MessageDigest sha256 = sha256();
    byte[] piece = new byte[PIECE];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        sha256.update(piece, 0, read);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot find SHA-256, which every Java has", e);
    }
  }
}
