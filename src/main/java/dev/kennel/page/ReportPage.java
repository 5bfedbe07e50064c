package dev.kennel.page;

import static dev.kennel.page.Markup.text;

import dev.kennel.dataset.NamedImages.Found;
import dev.kennel.report.Candidate;
import dev.kennel.report.Comparison;
import dev.kennel.report.PairedTest;
import dev.kennel.report.Selection;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The comparison of runs as one HTML page. All it needs is in it; its policy forbids the browser to
 * load anything else, and to run any script but its own.
 */
public final class ReportPage {
  private static final String ECHARTS =
      "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.min.js";

  private static final int IMAGES = 24; // of a kind

  private record Section(String id, String title, String content) {
    String html() {
      return Sections.section(id, title, content);
    }
  }

  private final TableStore tables;
  private final Optional<String> version;
  private final Consumer<String> say;

  /**
   * A page.
   *
   * @param version of a page that is served, which asks whether there is another; else empty
   * @param say is told how making it goes
   */
  public ReportPage(TableStore tables, Optional<String> version, Consumer<String> say) {
    this.tables = tables;
    this.version = version;
    this.say = say;
  }

  /**
   * Makes the page as of what is committed now.
   *
   * @throws dev.kennel.config.UserError if there is nothing to compare
   */
  public String of(Selection selection) {
    say.accept("Comparing the runs in " + tables.output());
    Comparison comparison = Comparison.of(tables, selection);
    List<Candidate> candidates = comparison.candidates();
    Optional<PairedTest> pair =
        comparison.pairs().stream().filter(test -> test.testImages() > 0).findFirst();
    List<Integer> best =
        IntStream.range(0, candidates.size())
            .filter(
                i ->
                    pair.isPresent()
                        ? pair.get().a().equals(candidates.get(i).name())
                            || pair.get().b().equals(candidates.get(i).name())
                        : !candidates.get(i).classes().isEmpty())
            .limit(pair.isPresent() ? 2 : 1)
            .boxed()
            .toList();
    PageTables asked = new PageTables(tables, candidates);
    ChartData data =
        Charts.of(candidates, best, asked.curve(), best.stream().map(asked::confusion).toList());
    Provenance provenance = new Provenance(asked.runs());
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("summary", "Summary", Sections.summary(comparison)));
    sections.add(new Section("curves", "Learning curves", Sections.curves(data)));
    sections.add(new Section("cost", "Accuracy against cost", Sections.cost(data)));
    if (best.isEmpty()) {
      String when = "Classes and images are shown when the last epoch of a network has ended.";
      sections.add(new Section("classes", "Classes and images", Sections.paragraph(when)));
    } else {
      sections.add(new Section("confusion", "Confusion", Sections.confusion(data)));
      sections.add(new Section("classes", "Classes", Sections.classes(data)));
      sections.add(new Section("images", "Images", images(candidates, best, pair, asked)));
      sections.add(
          new Section("calibration", "Calibration", Sections.calibration(data, candidates)));
    }
    sections.add(new Section("rejected", "Rejected images", Sections.rejected(asked.rejected())));
    sections.add(new Section("provenance", "Settings and provenance", provenance.html()));
    return page(
        title(data.candidates()), comparison.verdict(), notes(provenance), sections, data.json());
  }

  private String images(
      List<Candidate> candidates, List<Integer> best, Optional<PairedTest> pair, PageTables asked) {
    List<WrongImage> wrong = asked.wrongImages(best.get(0), best.get(best.size() - 1), IMAGES);
    List<String> paths = wrong.stream().map(WrongImage::path).distinct().toList();
    say.accept("Reading " + paths.size() + " images");
    Map<String, Found<String>> thumbnails =
        Thumbnails.of(
            tables.session().sparkContext().hadoopConfiguration(),
            paths,
            tables.output() + "/unpacked");
    return pair.isPresent()
        ? Sections.images(pair.get(), wrong, thumbnails)
        : Sections.images(candidates.get(best.get(0)).name(), wrong, thumbnails);
  }

  /** The page while runs have no complete epoch yet. */
  String waiting(Set<String> runIds) {
    Provenance provenance = new Provenance(PageTables.runs(tables, runIds));
    return page(
        runIds.isEmpty() ? "No run has begun yet" : "No epoch has ended yet",
        "This page shows each epoch as it ends.",
        notes(provenance),
        List.of(new Section("provenance", "Settings and provenance", provenance.html())),
        "{}");
  }

  private String page(
      String title, String verdict, String notes, List<Section> sections, String data) {
    String echarts = resource(ECHARTS).replace("</script", "<\\/script");
    String script = resource("page.js");
    String policy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src %s %s"
                .formatted(hash(echarts), hash(script))
            + (version.isPresent() ? "; connect-src 'self'" : "");
    return Markup.fill(
        resource("page.html"),
        Map.ofEntries(
            Map.entry("policy", policy),
            Map.entry("version", version.orElse("")),
            Map.entry("contents", contents(sections)),
            Map.entry("title", text(title)),
            Map.entry("verdict", text(verdict)),
            Map.entry("notes", notes),
            Map.entry("main", sections.stream().map(Section::html).collect(Collectors.joining())),
            Map.entry("source", text(tables.output())),
            Map.entry("time", Figures.time(Instant.now())),
            Map.entry("style", resource("page.css")),
            Map.entry("data", data),
            Map.entry("echarts", echarts),
            Map.entry("script", script)));
  }

  private String notes(Provenance provenance) {
    return version.isPresent() ? provenance.notesToFollowers() : provenance.notes();
  }

  private static String title(List<String> candidates) {
    return switch (candidates.size()) {
      case 1 -> "Results of " + candidates.get(0);
      case 2 -> "Comparison of " + String.join(" and ", candidates);
      default -> "Comparison of %d candidates".formatted(candidates.size());
    };
  }

  private static String contents(List<Section> sections) {
    return sections.stream()
        .map(section -> "<li><a href=\"#%s\">%s</a></li>".formatted(section.id, section.title))
        .collect(
            Collectors.joining("\n", "<nav aria-label=\"Contents\">\n<ul>\n", "\n</ul>\n</nav>"));
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name + " from the program", e);
    }
  }

  /** What the policy names a script by. */
  private static String hash(String script) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
