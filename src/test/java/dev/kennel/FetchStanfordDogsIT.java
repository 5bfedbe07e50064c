package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kennel.Script.Outcome;
import dev.kennel.dataset.MatlabFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code submit/fetch-stanford-dogs.sh} against a small mirror on this machine. */
class FetchStanfordDogsIT {
  private static final List<String> TRAIN = List.of("n01-pug/1.jpg", "n02-beagle/1.jpg");
  private static final List<String> TEST = List.of("n02-beagle/2.jpg");
  private static final String TOOLS =
      "bash dirname cat awk tr wc mkdir rm mv sed cut find tar sha256sum shasum";
  private static final int CUT = 50_000; // bytes, a third of the images

  @TempDir private Path folder;
  private Path dogs;
  private byte[] images;
  private byte[] lists;

  private HttpServer server;
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile int answersUntilDown = Integer.MAX_VALUE;
  private volatile boolean cuts;
  private volatile boolean knowsRanges = true;

  @BeforeEach
  void startServer() throws IOException {
    dogs = folder.resolve("my dogs");
    images = tarOfImages();
    lists =
        tar(
            Map.of(
                "train_list.mat", MatlabFile.ofList(TRAIN.toArray(String[]::new)),
                "test_list.mat", MatlabFile.ofList(TEST.toArray(String[]::new))));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  @Test
  void theHelpTeaches() throws Exception {
    Outcome help = Script.run(folder, "fetch-stanford-dogs.sh", "--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("20,580 photographs", "794 MB", "--unpack", "research only");
    assertThat(Script.run(folder, "fetch-stanford-dogs.sh", "--facts").out())
        .startsWith("images.tar 793579520 ")
        .endsWith("images 20580\nbreeds 120\ntrain 12000\ntest 8580\n");
  }

  @Test
  void itSaysWhatItWillDoDoesItAndSaysHowToTrain() throws Exception {
    Outcome fetched = fetch();

    assertThat(fetched.code()).as(fetched.err()).isZero();
    assertThat(fetched.out())
        .startsWith("Stanford Dogs: 3 photographs of 2 breeds, for research only")
        .contains("downloads images.tar, 0.2 MB", "downloads lists.tar, 0.0 MB")
        .contains("Fetched images.tar\n", "Fetched lists.tar\n")
        .contains("submit/local.sh train --images " + shell(dogs.resolve("images.tar")))
        .doesNotContain("Unpacking");
    assertThat(dogs.resolve("images.tar")).hasBinaryContent(images);
    assertThat(Files.readAllLines(dogs.resolve("train.txt"))).isEqualTo(TRAIN);
    assertThat(Files.readAllLines(dogs.resolve("test.txt"))).isEqualTo(TEST);
    assertFiles("images.tar", "lists.tar", "test.txt", "train.txt");
  }

  @Test
  void aSecondRunDoesNothingAndSaysSo() throws Exception {
    assertThat(fetch("--unpack").out())
        .contains("then unpacks images.tar to ", "Unpacking images.tar")
        .contains("submit/local.sh train --images " + shell(dogs.resolve("Images")));
    assertThat(dogs.resolve("Images/n02-beagle/2.jpg")).hasSize(50_000);
    assertFiles("Images", "images.tar", "lists.tar", "test.txt", "train.txt");
    Files.delete(dogs.resolve("images.tar")); // unpacked, it is no longer needed
    requests.clear();

    Outcome second = fetch("--unpack");

    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.out())
        .contains("Nothing to do: " + dogs + " holds all of it")
        .contains("submit/local.sh train --images " + shell(dogs.resolve("Images")))
        .doesNotContain("downloads");
    assertThat(requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"curl", "wget"})
  void aDownloadThatWasCutGoesOnInTheNextRun(String getter) throws Exception {
    Map<String, String> path = pathWith(getter);
    cuts = true;
    answersUntilDown = 1;
    Outcome cut = fetch(path);
    assertThat(cut.code()).as(cut.err()).isEqualTo(2);
    assertThat(cut.err())
        .contains("Cannot fetch " + mirror() + "/images.tar: " + getter + " ended with ")
        .contains("after 50000 of " + images.length + " bytes; run this again to go on from there");
    assertThat(dogs.resolve("images.tar.part")).hasSize(CUT);
    assertFiles("images.tar.part");

    cuts = false;
    answersUntilDown = Integer.MAX_VALUE;
    requests.clear();
    Outcome next = fetch(path);

    assertThat(next.code()).as(next.err()).isZero();
    assertThat(next.out())
        .contains("downloads images.tar, 0.2 MB, of which 0.1 MB are there")
        .contains("Going on from byte 50000 of " + images.length);
    assertThat(requests).first().isEqualTo("/mirror/images.tar bytes=50000-");
    assertThat(dogs.resolve("images.tar")).hasBinaryContent(images);
    assertFiles("images.tar", "lists.tar", "test.txt", "train.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"curl", "wget"})
  void onAShakyLineItGoesOnByItselfAsLongAsSomethingComes(String getter) throws Exception {
    cuts = true;

    Outcome fetched = fetch(pathWith(getter));

    assertThat(fetched.code()).as(fetched.err()).isZero();
    assertThat(requests)
        .contains("/mirror/images.tar bytes=50000-", "/mirror/images.tar bytes=100000-");
    assertThat(dogs.resolve("images.tar")).hasBinaryContent(images);
  }

  @ParameterizedTest
  @ValueSource(strings = {"curl", "wget"})
  void fromAServerThatSendsWholeFilesOnlyItBeginsAnew(String getter) throws Exception {
    Files.createDirectories(dogs);
    Files.write(dogs.resolve("images.tar.part"), Arrays.copyOf(images, CUT));
    knowsRanges = false;

    Outcome fetched = fetch(pathWith(getter));

    assertThat(fetched.code()).as(fetched.err()).isZero();
    assertThat(dogs.resolve("images.tar")).hasBinaryContent(images);
  }

  @Test
  void anArchiveOfAnotherSizeIsNotKept() throws Exception {
    Path expected = expect();
    images = Arrays.copyOf(images, images.length - 512);

    Outcome fetched = run(Map.of(), expected);

    assertThat(fetched.code()).isEqualTo(2);
    assertThat(fetched.err())
        .contains("images.tar: it has " + images.length + " bytes, not " + (images.length + 512));
    assertFiles();
  }

  @Test
  void anArchiveWithOtherBytesIsNotKept() throws Exception {
    Path expected = expect();
    images[600] ^= 1;

    Outcome fetched = run(Map.of(), expected);

    assertThat(fetched.code()).isEqualTo(2);
    assertThat(fetched.err()).contains("images.tar: its SHA-256 is " + sha256(images) + ", not ");
    assertFiles();
  }

  @Test
  void aFolderThatLacksImagesIsNotTakenForTheWhole() throws Exception {
    fetch("--unpack");
    Files.delete(dogs.resolve("Images/n02-beagle/2.jpg"));

    Outcome second = fetch("--unpack");

    assertThat(second.code()).isEqualTo(2);
    assertThat(second.err())
        .contains("Images: it holds 2 images of 2 breeds, not 3 of 2; remove that folder");
  }

  @Test
  void listsOfAnotherLengthAreNotTaken() throws Exception {
    Path expected = expect();
    Files.writeString(expected, Files.readString(expected).replace("test 1", "test 2"));

    Outcome fetched = run(Map.of(), expected);

    assertThat(fetched.code()).isEqualTo(2);
    assertThat(fetched.err()).contains("lists.tar: its list to test on names 1 images, not 2");
    assertThat(dogs.resolve("test.txt")).doesNotExist();
  }

  @Test
  void aMirrorWithoutTheFilesIsAnErrorWithTheWayOut() throws Exception {
    Outcome fetched = fetch("--from", mirror() + "/nowhere");

    assertThat(fetched.code()).isEqualTo(2);
    assertThat(fetched.err()).contains("404", "name a mirror with --from");
  }

  @Test
  void withoutCurlAndWgetItSaysWhatToInstall() throws Exception {
    Outcome fetched = fetch(pathWith("tar"));

    assertThat(fetched.code()).isEqualTo(2);
    assertThat(fetched.err()).contains("there is neither curl nor wget; install one of them");
  }

  @Test
  void withoutAFolderItSaysHowToNameOne() throws Exception {
    Outcome outcome = Script.run(folder, "fetch-stanford-dogs.sh", "--unpack");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .isEqualTo(
            "Cannot fetch Stanford Dogs: no folder is named; say submit/fetch-stanford-dogs.sh"
                + " DIR\n");
  }

  private Outcome fetch(String... options) throws Exception {
    return run(Map.of(), expect(), options);
  }

  private Outcome fetch(Map<String, String> environment) throws Exception {
    return run(environment, expect());
  }

  private Outcome run(Map<String, String> environment, Path expected, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--expect", expected.toString()));
    arguments.addAll(List.of("--from", mirror() + "/"));
    arguments.addAll(List.of(options));
    arguments.add(dogs.toString());
    Map<String, String> all = new TreeMap<>(environment);
    all.put("JAVA_HOME", System.getProperty("java.home"));
    all.put("no_proxy", "127.0.0.1,localhost");
    return Script.run(folder, all, "fetch-stanford-dogs.sh", arguments.toArray(String[]::new));
  }

  /** What the mirror has, in a file for {@code --expect}. */
  private Path expect() throws Exception {
    return Files.writeString(
        folder.resolve("facts"),
        String.join(
            "\n",
            "images.tar " + images.length + " " + sha256(images),
            "lists.tar " + lists.length + " " + sha256(lists),
            "images 3",
            "breeds 2",
            "train 2",
            "test 1"));
  }

  private String mirror() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/mirror";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String path = exchange.getRequestURI().getPath();
      requests.add(path + (range == null ? "" : " " + range));
      if (requests.size() > answersUntilDown) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      if (!path.startsWith("/mirror/") || !path.matches("/mirror/(images|lists)\\.tar")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] file = path.endsWith("images.tar") ? images : lists;
      int start = 0;
      if (range != null && knowsRanges) {
        start = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        String sent = "bytes " + start + "-" + (file.length - 1) + "/" + file.length;
        exchange.getResponseHeaders().add("Content-Range", sent);
        exchange.sendResponseHeaders(206, file.length - start);
      } else {
        exchange.sendResponseHeaders(200, file.length);
      }
      int length = cuts ? Math.min(CUT, file.length - start) : file.length - start;
      exchange.getResponseBody().write(file, start, length);
      exchange.getResponseBody().flush();
    } // a response that is closed before its end closes the connection
  }

  /** A search path with what the script needs and of curl, wget only what is named. */
  private Map<String, String> pathWith(String getter) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String name : (TOOLS + " " + getter).split(" ")) {
      Optional<Path> found =
          Arrays.stream(System.getenv("PATH").split(":"))
              .map(place -> Path.of(place, name))
              .filter(Files::isExecutable)
              .findFirst();
      if (name.equals(getter)) {
        assumeThat(found).as(getter + " on this machine").isPresent();
      }
      if (found.isPresent()) {
        Path tool = bin.resolve(name);
        Files.writeString(tool, "#!/bin/sh\nexec " + found.get() + " \"$@\"\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
      }
    }
    return Map.of("PATH", bin.toString());
  }

  private void assertFiles(String... names) throws IOException {
    try (var files = Files.list(dogs)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
    }
  }

  private static String shell(Path path) {
    return path.toString().replace(" ", "\\ ");
  }

  /** Three images of 50,000 bytes, in a folder a breed. */
  private static byte[] tarOfImages() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    Random random = new Random(1);
    for (List<String> side : List.of(TRAIN, TEST)) {
      for (String name : side) {
        byte[] bytes = new byte[50_000];
        random.nextBytes(bytes);
        files.put("Images/" + name, bytes);
      }
    }
    return tar(files);
  }

  private static byte[] tar(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
