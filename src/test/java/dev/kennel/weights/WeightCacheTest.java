package dev.kennel.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightCacheTest {
  /** SHA-256 of "abc" (FIPS 180-2, appendix B.1): ba7816bf 8f01cfea … */
  private static final byte[] ABC = "abc".getBytes(StandardCharsets.UTF_8);

  private static final String HASHED = "/net-ba7816bf.pth";

  @TempDir private Path folder;

  private final FileServer server = new FileServer();
  private final List<String> told = new ArrayList<>();
  private WeightCache cache;

  private final FetchProgress progress =
      new FetchProgress() {
        @Override
        public void damaged(Path cached) {
          told.add("damaged " + cached.getFileName());
        }

        @Override
        public void fetched(long bytes, long all) {
          told.add(bytes + " of " + all);
        }
      };

  @BeforeEach
  void begin() {
    cache = new WeightCache(folder.resolve("cache"));
  }

  @AfterEach
  void end() {
    server.close();
  }

  private Path fetch(String address) throws IOException {
    return cache.fetch(URI.create(address), progress);
  }

  private List<String> cached() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void aFileIsFetchedOnceWithProgressAndThenTakenFromTheCache() throws IOException {
    server.put(HASHED, ABC);
    Path file = fetch(server.address(HASHED));
    assertThat(file).isEqualTo(folder.resolve("cache/net-ba7816bf.pth")).hasBinaryContent(ABC);
    assertThat(told).startsWith("0 of 3").endsWith("3 of 3");
    told.clear();
    assertThat(fetch(server.address(HASHED))).isEqualTo(file);
    assertThat(server.requests()).containsExactly(HASHED);
    assertThat(told).isEmpty();
  }

  @Test
  void filesWithoutAHashInTheirNamesAreKeptByTheirAddresses() throws IOException {
    server.put("/a/net.pth", ABC);
    server.put("/b/net.pth", new byte[5]);
    assertThat(fetch(server.address("/a/net.pth"))).hasBinaryContent(ABC);
    assertThat(fetch(server.address("/b/net.pth"))).hasBinaryContent(new byte[5]);
    assertThat(fetch(server.address("/a/net.pth"))).hasBinaryContent(ABC);
    assertThat(server.requests()).containsExactly("/a/net.pth", "/b/net.pth");
  }

  @Test
  void aFileThatIsNotWhatItsNameSaysIsNotKept() throws IOException {
    server.put("/net-ba7816be.pth", ABC);
    assertThatThrownBy(() -> fetch(server.address("/net-ba7816be.pth")))
        .isInstanceOf(IOException.class)
        .hasMessage("it is not the file that its name says: its SHA-256 begins with ba7816bf");
    assertThat(cached()).isEmpty();
  }

  @Test
  void aDamagedFileInTheCacheIsFetchedAnew() throws IOException {
    server.put(HASHED, ABC);
    Files.write(fetch(server.address(HASHED)), new byte[3]);
    told.clear();
    assertThat(fetch(server.address(HASHED))).hasBinaryContent(ABC);
    assertThat(told).startsWith("damaged net-ba7816bf.pth").endsWith("3 of 3");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void aTransferThatBreaksOffIsToldAndNotKept() throws IOException {
    server.put("/cut-short/net.pth", new byte[100_000]);
    assertThatThrownBy(() -> fetch(server.address("/cut-short/net.pth")))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("the transfer broke off after \\d+ of 100000 bytes; try it again");
    assertThat(cached()).isEmpty();
  }

  @Test
  void aTransferThatStandsStillIsGivenUp() throws IOException {
    server.put("/stuck/net.pth", new byte[100_000]);
    cache = new WeightCache(folder.resolve("cache"), Duration.ofMillis(300));
    assertThatThrownBy(() -> fetch(server.address("/stuck/net.pth")))
        .isInstanceOf(IOException.class)
        .hasMessage("the transfer broke off after 50000 of 100000 bytes; try it again");
    assertThat(cached()).isEmpty();
  }

  @Test
  void aServerThatHasNotTheFileIsToldByItsStatus() throws IOException {
    assertThatThrownBy(() -> fetch(server.address("/none.pth")))
        .hasMessage("the server answered with 404");
    server.close();
    assertThatThrownBy(() -> fetch(server.address("/none.pth")))
        .hasMessage("no server answers there");
    assertThat(cached()).isEmpty();
  }

  @Test
  void redirectsAreFollowedAndUsersAreNamedToServersThatAsk() throws IOException {
    server.put("/private/net.pth", ABC);
    assertThat(fetch("http://me:secret@" + server.host() + "/moved/private/net.pth"))
        .hasBinaryContent(ABC);
    assertThatThrownBy(() -> fetch(server.address("/private/net.pth")))
        .hasMessage("the server answered with 401");
    assertThatThrownBy(() -> fetch("http://me:wrong@" + server.host() + "/private/net.pth"))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("wrong");
  }

  @Test
  void aCacheThatCannotBeWrittenToIsTold() throws IOException {
    server.put(HASHED, ABC);
    Path file = Files.createFile(folder.resolve("file"));
    cache = new WeightCache(file);
    assertThatThrownBy(() -> fetch(server.address(HASHED)))
        .hasMessageMatching(
            "its place in the cache, .*file, cannot be written to: .*; name another folder by"
                + " weights-cache");
  }

  @Test
  void imagenetHasBeenPublishedForResNets() {
    assertThat(Publication.of("resnet18", "https://mirror/models"))
        .contains(URI.create("https://mirror/models/resnet18-f37072fd.pth"));
    assertThat(Publication.of("resnet50", "https://mirror/models/"))
        .contains(URI.create("https://mirror/models/resnet50-0676ba61.pth"));
    assertThat(Publication.of("resfcn18", "https://mirror/models/")).isEmpty();
  }
}
