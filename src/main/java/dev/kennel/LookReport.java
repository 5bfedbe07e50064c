package dev.kennel;

import dev.kennel.dataset.ChannelSum;
import dev.kennel.dataset.ImageInspection;
import dev.kennel.dataset.InspectedImage;
import dev.kennel.image.Augmentation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How large some images are, in which forms, and what their channels are in the mean, as text. */
final class LookReport {
  private final List<InspectedImage> images;
  private final StringBuilder text = new StringBuilder();

  private LookReport(List<InspectedImage> images) {
    this.images = images;
  }

  /**
   * The text, of one image or more.
   *
   * @param channels red, green and blue of all their centre squares
   */
  static String of(List<InspectedImage> images, List<ChannelSum> channels) {
    LookReport report = new LookReport(images);
    report.sizes();
    report.forms();
    report.channels(channels);
    return report.text.toString();
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void sizes() {
    line("%nPixels              min    median       max");
    size("width", image -> image.look().width());
    size("height", image -> image.look().height());
    size("shorter side", LookReport::shorterSide);
    long small = images.stream().filter(image -> shorterSide(image) < ImageInspection.SIZE).count();
    line(
        "  %,d images are smaller than %d pixels on the shorter side", small, ImageInspection.SIZE);
  }

  private static int shorterSide(InspectedImage image) {
    return Math.min(image.look().width(), image.look().height());
  }

  private void size(String name, ToIntFunction<InspectedImage> of) {
    Spread spread = Spread.of(images.stream().mapToInt(of).boxed().toList());
    line("  %-12s %8d %9s %9d", name, spread.min(), spread.medianText(), spread.max());
  }

  private void forms() {
    line("%nForms");
    images.stream()
        .collect(Collectors.groupingBy(image -> image.look().form(), Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(form -> line("  %-32s %,8d", form.getKey(), form.getValue()));
  }

  private void channels(List<ChannelSum> channels) {
    line("%nChannels              red    green     blue    (ImageNet:   red    green     blue)");
    channel("mean", channels.stream().map(ChannelSum::mean), Augmentation.MEAN);
    channel(
        "deviation", channels.stream().map(ChannelSum::deviation), Augmentation.STANDARD_DEVIATION);
    line(
        "  of the centre squares of %d pixels, scaled to [0, 1], as torchvision's Normalize takes"
            + " them",
        ImageInspection.SIZE);
  }

  private void channel(String name, Stream<Double> values, List<Double> ofImageNet) {
    line(
        "  %-14s %8.4f %8.4f %8.4f           %8.4f %8.4f %8.4f",
        Stream.of(Stream.of(name), values, ofImageNet.stream())
            .flatMap(Function.identity())
            .toArray());
  }
}
