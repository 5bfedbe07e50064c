package dev.kennel;

import dev.kennel.config.ImageSettings;
import dev.kennel.dataset.Classes;
import dev.kennel.dataset.Duplicates.Pair;
import dev.kennel.dataset.ImageFile;
import dev.kennel.dataset.ImageInspection;
import dev.kennel.dataset.InspectedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What an inspection found, as text for a terminal, section by section. */
final class InspectionReport {
  private static final int ALL_CLASSES = 20; // so many are named; of more, the ends
  private static final int ENDS = 5;
  private static final int NAMED = 10; // files and pairs

  private final Classes classes;
  private final ImageSettings settings;
  private final ImageInspection inspection;
  private final List<Pair> copies;
  private final List<Pair> near;
  private final StringBuilder text = new StringBuilder();

  private InspectionReport(
      Classes classes,
      ImageSettings settings,
      ImageInspection inspection,
      List<Pair> copies,
      List<Pair> near) {
    this.classes = classes;
    this.settings = settings;
    this.inspection = inspection;
    this.copies = copies;
    this.near = near;
  }

  /**
   * The report.
   *
   * @param copies pairs of images with the same bytes
   * @param near pairs of images that look alike
   */
  static String of(
      Classes classes,
      ImageSettings settings,
      ImageInspection inspection,
      List<Pair> copies,
      List<Pair> near) {
    InspectionReport report = new InspectionReport(classes, settings, inspection, copies, near);
    report.files();
    report.classes();
    if (!inspection.taken().isEmpty()) {
      report.text.append(LookReport.of(inspection.taken(), inspection.channels()));
    }
    report.duplicates();
    report.outlook();
    return report.text.toString();
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void files() {
    List<ImageFile> rejected = inspection.rejected();
    int taken = inspection.taken().size();
    line("%,d files: %,d images, %,d rejected", taken + rejected.size(), taken, rejected.size());
    if (!rejected.isEmpty()) {
      line("  %s", ImageFile.reasons(rejected));
      rejected.stream()
          .limit(NAMED)
          .forEach(file -> line("    %s: %s: %s", file.path(), file.reason(), file.detail()));
      more(rejected.size());
    }
    long truncated = taken(InspectedImage::file).filter(ImageFile::isTruncated).count();
    if (truncated > 0) {
      line("  %,d of the images are cut short, and taken nevertheless", truncated);
    }
    Map<String, Long> splits = counts(image -> image.file().split());
    if (!splits.containsKey("")) {
      splits.forEach((split, count) -> line("  %-10s %,8d", split, count));
    }
  }

  private void classes() {
    Map<Integer, Long> byLabel = counts(image -> image.file().label());
    List<Integer> sizes =
        IntStream.range(0, classes.size())
            .mapToObj(label -> byLabel.getOrDefault(label, 0L).intValue())
            .toList();
    Spread spread = Spread.of(sizes);
    line(
        "%n%,d classes, of %,d to %,d images, in the median %s",
        classes.size(), spread.min(), spread.max(), spread.medianText());
    List<Integer> ascending =
        IntStream.range(0, classes.size())
            .boxed()
            .sorted(Comparator.comparing(sizes::get))
            .toList();
    if (classes.size() <= ALL_CLASSES) {
      ascending.forEach(label -> ofClass(label, sizes));
    } else {
      ascending.subList(0, ENDS).forEach(label -> ofClass(label, sizes));
      line("  …");
      ascending.subList(classes.size() - ENDS, classes.size()).forEach(l -> ofClass(l, sizes));
    }
  }

  private void ofClass(int label, List<Integer> sizes) {
    line("  %-32s %,8d", classes.name(label), sizes.get(label));
  }

  private void duplicates() {
    line("%nDuplicates     across splits  across classes  within a class");
    duplicates("same bytes", copies);
    duplicates("look alike", near);
    long plain = taken(InspectedImage::look).filter(InspectedImage.Look::isPlain).count();
    if (plain > 0) {
      line("  %,d images are too plain to say by their looks", plain);
    }
    List<Pair> pairs =
        Stream.concat(copies.stream(), near.stream())
            .sorted(
                Comparator.comparing((Pair pair) -> !pair.isAcrossSplits())
                    .thenComparing(pair -> !pair.isAcrossClasses()))
            .toList();
    for (Pair pair : pairs.subList(0, Math.min(NAMED, pairs.size()))) {
      line(
          "    %s %s %s",
          pair.image().file().path(),
          pair.isCopy() ? "=" : "~" + pair.distance(),
          pair.other().file().path());
    }
    more(pairs.size());
  }

  private void duplicates(String name, List<Pair> pairs) {
    long splits = pairs.stream().filter(Pair::isAcrossSplits).count();
    long across =
        pairs.stream().filter(pair -> !pair.isAcrossSplits() && pair.isAcrossClasses()).count();
    line("  %-12s %,13d %,15d %,15d", name, splits, across, pairs.size() - splits - across);
  }

  private void more(int count) {
    if (count > NAMED) {
      line("    … and %,d more", count - NAMED);
    }
  }

  /** What training would say of these images. */
  private void outlook() {
    List<String> faults = new ArrayList<>();
    int rejected = inspection.rejected().size();
    double share = (double) rejected / (rejected + inspection.taken().size());
    if (share > settings.maxRejected()) {
      faults.add(
          String.format(
              Locale.ROOT,
              "%.1f %% of the files are rejected, more than max-rejected allows (%.1f %%)",
              100 * share,
              100 * settings.maxRejected()));
    }
    if (!settings.dropsDuplicates() && copies.stream().anyMatch(Pair::isAcrossSplits)) {
      faults.add(
          "images are on two sides of the split, with the same bytes; with --duplicates drop they"
              + " are left out of training");
    }
    faults.forEach(fault -> line("%nTraining would stop: %s", fault));
  }

  private <T> Stream<T> taken(Function<InspectedImage, T> of) {
    return inspection.taken().stream().map(of);
  }

  private <K extends Comparable<K>> Map<K, Long> counts(Function<InspectedImage, K> key) {
    return taken(key)
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
  }
}
