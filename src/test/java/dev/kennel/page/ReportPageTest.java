package dev.kennel.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.report.Selection;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final List<String> CLASSES =
      List.of("<script>alert(1)</script>", "{{data}}", "Ünïcode \"q\" & 'a'");

  @TempDir Path folder;
  private TableStore tables;
  private GeneratedTables generated;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    ColouredImages.write(folder.resolve("images"), 10, 40);
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      for (String colour : List.of("red", "green", "blue")) {
        paths.add(folder.resolve("images/%s/%03d.png".formatted(colour, i)).toString());
      }
    }
    tables = new TableStore(LocalSpark.session(), folder.resolve("out").toString());
    generated = new GeneratedTables(tables, CLASSES, paths);
  }

  private void twoNetworks() {
    generated.run("first", "finished", 0, 42);
    generated.rejected("first", 120, "truncated", "<b>half</b> of it");
    for (String network : List.of("resnet18", "resfcn18")) {
      generated.network("first", network, 1_000_000);
      generated.epoch("first", network, 1, 0.3, 4);
      generated.lastEpoch("first", network, 2, 0.5, 4);
    }
  }

  private String page() {
    return new ReportPage(tables, Optional.empty(), said::add).of(Selection.runs(List.of("first")));
  }

  @Test
  void itHasItsPartsInOrderTheVerdictFirst() {
    twoNetworks();

    String page = page();

    assertThat(all(page, "<h2[^>]*>([^<]*)</h2>"))
        .containsExactly(
            "Summary",
            "Learning curves",
            "Accuracy against cost",
            "Confusion",
            "Classes",
            "Images",
            "Calibration",
            "Rejected images",
            "Settings and provenance");
    assertThat(page.indexOf("<p class=\"verdict\">")).isBetween(0, page.indexOf("<h2"));
    assertThat(all(page, "<p class=\"verdict\">(.*?)</p>").get(0)).contains("95 % interval");
    assertThat(page)
        .contains("20 more are in the table rejected_images")
        .hasSizeLessThan(5_000_000);
    assertThat(said).hasSize(2).last().asString().matches("Reading \\d+ images");
  }

  @Test
  void namesThatLookLikeMarkupAreHarmless() {
    twoNetworks();

    String page = page();

    assertThat(all(page, "(?i)<(/?script)\\b"))
        .containsExactly("script", "/script", "script", "/script", "script", "/script");
    assertThat(page)
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "\\u003cscript>alert(1)", "{{data}}")
        .contains("&lt;b&gt;half&lt;/b&gt; of it")
        .doesNotContain("<b>half");
  }

  @Test
  void itsPolicyAllowsItsOwnScriptsAndNothingElse() throws Exception {
    twoNetworks();

    String page = page();

    List<String> scripts = all(page, "(?s)<script>(.*?)</script>");
    assertThat(scripts).hasSize(2);
    List<String> hashes = new ArrayList<>();
    for (String script : scripts) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8));
      hashes.add("'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
    }
    assertThat(page)
        .contains(
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src "
                + String.join(" ", hashes)
                + "\"");
    String markup = page.substring(0, page.indexOf("<script>"));
    assertThat(all(markup, "(?:src|href)=\"([^\"]*)\""))
        .allMatch(address -> address.startsWith("data:") || address.startsWith("#"));
  }

  @Test
  void anImageThatCannotBeReadAnyMoreSaysWhy() throws IOException {
    twoNetworks();
    Files.delete(folder.resolve("images/red/000.png"));
    Files.writeString(folder.resolve("images/red/001.png"), "text");

    String page = page();

    int shown = all(page, "src=\"(data:image/jpeg;base64,[^\"]+)\"").size();
    List<String> absent = all(page, "Not shown: ([^<]*)<");
    assertThat(shown + absent.size()).isEqualTo(all(page, "<li (title)").size());
    assertThat(shown).isPositive();
    assertThat(absent)
        .isSubsetOf(
            "there is no such file any more", "not an image: 4 bytes that begin with 74 65 78 74");
  }

  @Test
  void aNetworkByItselfHasAPageToo() {
    generated.run("first", "failed", 0, 42);
    generated.lastEpoch("first", "resnet18", 1, 0.5, 4);

    String page = page();

    assertThat(page)
        .contains("Results of resnet18", "surest wrong answers first")
        .contains("Run first has failed: the disk is full", "None: every image could be read");
  }

  @Test
  void beforeThePredictionsThereAreCurvesAndCost() {
    generated.run("first", "running", 0, 42);
    generated.epoch("first", "resnet18", 1, 0.5, 4);
    generated.epoch("first", "resfcn18", 1, 0.5, 4);

    String page = page();

    assertThat(page)
        .contains("Run first is running", "data-kind=\"loss\"", "when the last epoch of a network")
        .doesNotContain("data-kind=\"confusion\"");
  }

  private static List<String> all(String page, String pattern) {
    return Pattern.compile(pattern)
        .matcher(page)
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }
}
