package dev.kennel.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.report.Selection;
import dev.kennel.table.TableStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real Chromium. */
class ReportPageIT {
  private static final int CHARTS = 8; // of two networks of a few classes

  @TempDir private static Path folder;
  private static Chromium browser;
  private static String file;

  @BeforeAll
  static void openBrowser() throws Exception {
    browser = Chromium.start(folder.resolve("profile"));
    ColouredImages.write(folder.resolve("images"), 10, 40);
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 12; i++) { // the last two are not there
      for (String colour : List.of("red", "green", "blue")) {
        paths.add(folder.resolve("images/%s/%03d.png".formatted(colour, i)).toString());
      }
    }
    List<String> classes = List.of("<script>alert(1)</script>", "Ünïcode & \"q\"", "beagle");
    TableStore tables = tables("out");
    GeneratedTables generated = new GeneratedTables(tables, classes, paths);
    for (String run : List.of("first", "second")) {
      generated.run(run, "finished", run.length(), run.length());
      generated.rejected(run, 120, "truncated", "<img src=x onerror=alert(2)>");
      for (String network : List.of("resnet18", "resfcn18")) {
        generated.network(run, network, 1_000_000);
        generated.epoch(run, network, 1, 0.3, 4);
        generated.lastEpoch(run, network, 2, 0.5, 4);
      }
    }
    file = write(tables, "first", "second");
  }

  @AfterAll
  static void closeBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  private static TableStore tables(String name) {
    return new TableStore(LocalSpark.session(), folder.resolve(name).toString());
  }

  private static String write(TableStore tables, String... runs) throws Exception {
    String html =
        new ReportPage(tables, Optional.empty(), said -> {}).of(Selection.runs(List.of(runs)));
    Path file = folder.resolve("report of " + runs.length + ".html");
    Files.writeString(file, html);
    return file.toUri().toString();
  }

  @Test
  void itOpensWithoutAnErrorAndAsksForNothing() throws Exception {
    browser.open(file, 1280, 900, "light");

    assertThat(browser.problems()).isEmpty();
    assertThat(browser.requests()).containsExactly(file);
  }

  @Test
  void everyChartIsDrawnAndNamedAndHasATableBehindIt() throws Exception {
    browser.open(file, 1280, 900, "light");

    JsonNode marks =
        browser.evaluate(
            "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll("
                + "'svg path[fill^=\"var(--\"], svg path[stroke^=\"var(--c\"],"
                + " svg rect[fill^=\"var(--\"]').length)");
    assertThat(marks).hasSize(CHARTS).allMatch(count -> count.asInt() >= 3);
    assertThat(
            browser.evaluate(
                "[...document.querySelectorAll('.chart')].filter(c => c.getAttribute('role') !== "
                    + "'img' || !c.getAttribute('aria-label') || !document.getElementById("
                    + "c.getAttribute('aria-describedby')).textContent).length"))
        .hasToString("0");
    browser.evaluate("document.querySelectorAll('details.data').forEach(d => d.open = true)");
    browser.await(
        "[...document.querySelectorAll('details.data')].every(d => d.querySelector('tbody tr'))");
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void itIsWellFormedForThoseWhoHearIt() throws Exception {
    browser.open(file, 1280, 900, "light");
    browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
    browser.await("document.querySelectorAll('details.data table').length > 5");

    JsonNode faults =
        browser.evaluate(
            """
            (() => {
              const all = (selector) => [...document.querySelectorAll(selector)];
              const faults = [];
              const check = (good, fault) => good || faults.push(fault);
              check(document.documentElement.lang === 'en', 'lang');
              check(document.title, 'title');
              for (const tag of ['main', 'header', 'nav', 'footer', 'h1']) {
                check(all(tag).length === 1, 'one ' + tag);
              }
              all('img').forEach((i) => check(i.alt && i.complete && i.naturalWidth, 'img ' + i.alt));
              all('th').forEach((t) => check(t.scope, 'scope of ' + t.textContent));
              all('#page > table, main > section table').forEach((t) =>
                check(t.caption || t.closest('[aria-label]'), 'a table without a name'));
              all('[role=region]').forEach((r) =>
                check(r.getAttribute('aria-label') && r.tabIndex === 0, 'region'));
              const levels = all('h1, h2, h3').map((h) => Number(h.tagName[1]));
              levels.forEach((level, i) => check(!i || level - levels[i - 1] <= 1, 'heading ' + i));
              const ids = all('[id]').map((e) => e.id);
              ids.filter((id, i) => ids.indexOf(id) < i).forEach((id) => check(false, 'twice: ' + id));
              all('nav a').forEach((a) =>
                check(document.getElementById(a.hash.slice(1)), 'link ' + a.hash));
              all('[aria-labelledby], [aria-describedby]').forEach((e) => check(
                document.getElementById(
                  e.getAttribute('aria-labelledby') ?? e.getAttribute('aria-describedby')),
                'reference of ' + e.id));
              return faults;
            })()
            """);
    assertThat(faults).isEmpty();
  }

  @Test
  void textAndMarksStandOutInLightAndDarkAndDarkComesLive() throws Exception {
    browser.open(file, 1280, 900, "light");
    String background = "getComputedStyle(document.body).backgroundColor";
    String mark =
        "getComputedStyle(document.querySelector('.chart path[stroke=\"var(--c0)\"]')).stroke";
    assertThat(browser.evaluate(background).asText()).isEqualTo("rgb(255, 255, 255)");
    String lightMark = browser.evaluate(mark).asText();
    assertThat(tooFaint()).isEmpty();

    browser.prefer("dark");

    assertThat(browser.evaluate(background).asText()).isEqualTo("rgb(20, 23, 27)");
    assertThat(browser.evaluate(mark).asText()).isNotEqualTo(lightMark);
    assertThat(tooFaint()).isEmpty();
  }

  /** Colours whose contrast with the page is less than WCAG 2.1 asks: 4.5 of text, 3 of marks. */
  private static JsonNode tooFaint() throws Exception {
    return browser.evaluate(
        """
        (() => {
          const style = getComputedStyle(document.documentElement);
          const luminance = (name) => {
            const hex = style.getPropertyValue('--' + name).trim().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
            const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
              .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const contrast = (a, b) => {
            const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
            return (x + 0.05) / (y + 0.05);
          };
          const pairs = [
            ...['ink', 'muted', 'wrong', 'right'].map((name) => [name, 'paper', 4.5]),
            ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => ['c' + i, 'paper', 3]),
            ...[0, 1, 2, 3].map((i) => ['h0-ink', 'h' + i, 4.5]),
            ...[4, 5, 6].map((i) => ['h6-ink', 'h' + i, 4.5]),
          ];
          return pairs.filter(([a, b, least]) => contrast(a, b) < least)
            .map(([a, b]) => `${a} on ${b}: ${contrast(a, b).toFixed(2)}`);
        })()
        """);
  }

  @Test
  void aPhoneNeedsNoSidewaysScrolling() throws Exception {
    browser.open(file, 360, 740, "light");

    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt()).isEqualTo(360);
    browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt()).isEqualTo(360);
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void chartsFollowTheWidthOfTheWindow() throws Exception {
    browser.open(file, 1280, 900, "light");
    String width = "document.querySelector('.loss svg').getBoundingClientRect().width";
    assertThat(browser.evaluate(width).asInt()).isGreaterThan(400);

    browser.open(file, 700, 900, "light");
    browser.send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 360, "height", 740, "deviceScaleFactor", 1, "mobile", false));

    browser.await(width + " < 340");
  }

  @Test
  void tabReachesTheSkipLinkAndTheDetailsWhichEnterOpens() throws Exception {
    browser.open(file, 1280, 900, "light");
    browser.press("Tab", 9);
    assertThat(browser.evaluate("document.activeElement.className").asText()).isEqualTo("skip");
    boolean isReached = false;
    for (int i = 0; i < 60 && !isReached; i++) {
      browser.press("Tab", 9);
      isReached =
          browser.evaluate("document.activeElement.parentElement.id === 'loss-0-data'").asBoolean();
    }
    assertThat(isReached).isTrue();
    assertThat(browser.evaluate("getComputedStyle(document.activeElement).outlineStyle").asText())
        .isEqualTo("solid");

    browser.send(
        "Input.dispatchKeyEvent",
        Map.of("type", "keyDown", "key", "Enter", "text", "\r", "windowsVirtualKeyCode", 13));

    browser.await("document.querySelector('#loss-0-data[open] tbody tr') !== null");
  }

  @Test
  void itPrints() throws Exception {
    browser.open(file, 1280, 900, "dark");

    byte[] pdf = browser.print();

    assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void aHundredAndTwentyClassesStayLegibleAndSmall() throws Exception {
    TableStore tables = tables("many");
    List<String> classes = IntStream.range(0, 120).mapToObj(i -> "breed-" + i).toList();
    List<String> paths = IntStream.range(0, 2400).mapToObj(i -> "dogs/" + i + ".jpg").toList();
    GeneratedTables generated = new GeneratedTables(tables, classes, paths);
    generated.run("many", "finished", 0, 1);
    generated.lastEpoch("many", "resnet18", 1, 0.5, 4);
    generated.lastEpoch("many", "resfcn18", 1, 0.4, 4);

    String address = write(tables, "many");
    browser.open(address, 1280, 900, "light");

    assertThat(browser.problems()).isEmpty();
    assertThat(browser.evaluate("document.querySelectorAll('.recall svg').length").asInt())
        .isEqualTo(3);
    JsonNode cell =
        browser.evaluate(
            "Math.min(...[...document.querySelectorAll('.confusion svg path[fill^=\"var(--h\"]')]"
                + ".slice(0, 50).map(p => p.getBoundingClientRect().width))");
    assertThat(cell.asDouble()).isGreaterThan(10); // pixels
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .isLessThanOrEqualTo(1280);
  }

  @Test
  void anOpenPageChangesWhenAnEpochIsCommittedAndLeavesTheReaderInPlace() throws Exception {
    TableStore tables = tables("followed");
    List<String> paths = List.of("dogs/1.jpg", "dogs/2.jpg", "dogs/3.jpg", "dogs/4.jpg");
    GeneratedTables generated = new GeneratedTables(tables, List.of("pug", "beagle"), paths);
    generated.run("followed", "running", 0, 1);
    try (PageServer server = new PageServer(tables, List.of(), false, said -> {})) {
      String address = server.start(0);
      Thread watching = new Thread(() -> watch(server));
      watching.start();
      try {
        browser.open(address, 1280, 900, "light");
        assertThat(browser.evaluate("document.querySelector('h1').textContent").asText())
            .isEqualTo("No epoch has ended yet");

        generated.epoch("followed", "resnet18", 1, 0.5, 4);
        browser.await("document.querySelectorAll('.chart svg').length === 4");
        browser.evaluate("document.getElementById('loss-0-data').open = true");
        browser.evaluate("window.scrollTo(0, 300)");

        generated.lastEpoch("followed", "resnet18", 2, 0.5, 4);
        generated.run("followed", "finished", 0, 1);
        browser.await("document.body.textContent.includes('Run followed has finished')");

        assertThat(browser.evaluate("document.querySelectorAll('.chart svg').length").asInt())
            .isEqualTo(7);
        assertThat(
                browser
                    .evaluate("document.querySelectorAll('#loss-0-data[open] tbody tr').length")
                    .asInt())
            .isEqualTo(4);
        assertThat(browser.evaluate("window.scrollY").asInt()).isEqualTo(300);
        assertThat(browser.evaluate("document.getElementById('live').textContent").asText())
            .startsWith("Updated at ");
        assertThat(browser.problems()).isEmpty();
      } finally {
        watching.interrupt();
        watching.join();
      }
    }
    browser.await("document.getElementById('live').textContent.includes('has ended')");
  }

  private static void watch(PageServer server) {
    try {
      server.watch(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
