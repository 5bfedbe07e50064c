package dev.kennel.cli;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.dataset.PickedImages;
import dev.kennel.dataset.PickedImages.Picked;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.dataset.SampleImages;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import dev.kennel.image.ContactSheet;
import dev.kennel.training.Variation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kennel show-augmentation}: what a training makes of its images. */
@Command(
    name = "show-augmentation",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    description = {
      "Draws a contact sheet of what a training makes of its images, by its settings and its seed:",
      "a row an image, first as it is prepared, then as the epochs see it, one after another. If",
      "batches are mixed (mixup, CutMix), the last column is one of these images. Without images",
      "it takes the sample images that come with it. Starts no Spark.%n"
    },
    footer = {
      "",
      "What can be set is under augmentation in conf/defaults.conf.",
      "",
      "Examples:",
      "  kennel show-augmentation",
      "  kennel show-augmentation --images dogs/Images --count 4 --variants 10 --output dogs.png",
      "  kennel show-augmentation --images dogs/Images --config my.conf --seed 7",
      "  kennel show-augmentation --images dogs/Images \\",
      "    --set 'augmentation.random-resized-crop.scale=[0.08, 1]' --set augmentation.shift=0",
      "  kennel show-augmentation --images dogs/Images --set augmentation.randaugment.num-ops=2 \\",
      "    --set augmentation.random-erasing.probability=0.5 --set augmentation.mixup-alpha=0.2"
    })
final class ShowAugmentationCommand implements Callable<Integer> {
  @Option(
      names = "--images",
      paramLabel = "DIR",
      description =
          "Folder with one folder of images per class, or a .zip, .tar or .tar.gz of it, as for"
              + " kennel train.")
  private Optional<String> images = Optional.empty();

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "Size of the images (default: that of the settings' first network).")
  private Optional<Integer> imageSize = Optional.empty();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "HOCON file of settings, or a preset: " + SettingsLoader.PRESET_NAMES + ".")
  private Optional<String> config = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any setting of conf/defaults.conf; may be repeated.")
  private List<String> assignments = new ArrayList<>();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "6",
      description = "Images, spread over all classes (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--variants",
      paramLabel = "N",
      defaultValue = "8",
      description = "Epochs shown, from the first on (default: ${DEFAULT-VALUE}).")
  private int variants;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the training (default: that of the settings).")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "augmentation.png",
      description = "PNG to write (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Override
  public Integer call() throws IOException {
    BenchCommand.atLeast(1, count, "--count");
    BenchCommand.atLeast(1, variants, "--variants");
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UserError("Cannot write " + output + ": there is no folder " + folder);
    }
    Settings settings = settings();
    int size = settings.networks().values().iterator().next().imageSize();
    List<Picked> picked = picked(settings, size);
    BatchMixing mixing = Variation.ofBatches(settings.augmentation());
    ContactSheet sheet = sheet(picked.size(), 1 + variants + (mixing.isOn() ? 1 : 0), size);
    drawEpochs(sheet, picked, settings, size);
    String mixed = mixing.isOn() ? drawMixed(sheet, picked, settings, size) : "";
    write(sheet);
    System.out.printf(
        "Wrote %s: %d images of %d pixels, a row each: as prepared, then as epochs 1 to %d see it%s%n",
        output, picked.size(), size, variants, mixed);
    picked.forEach(image -> System.out.println("  " + image.path()));
    return 0;
  }

  private Settings settings() {
    Map<String, Object> given = new LinkedHashMap<>();
    images.ifPresent(value -> given.put("images", value));
    imageSize.ifPresent(value -> given.put("image-size", value));
    seed.ifPresent(value -> given.put("seed", value));
    return SettingsLoader.load(config, given, assignments);
  }

  private List<Picked> picked(Settings settings, int size) throws IOException {
    ImageSettings source = settings.images();
    if (source.manifest().isPresent()) {
      throw new UserError(
          "Cannot show the images of a manifest, "
              + source.name()
              + ": name their folder with --images, and add --set manifest=null");
    }
    Configuration hadoop = SparkSessions.hadoop();
    if (source.areSamples()) {
      source = source.withFolder(SampleImages.unpack(hadoop, settings.output()));
    }
    String staging = settings.output() + "/unpacked";
    List<Picked> picked = PickedImages.of(hadoop, source, staging, size, count);
    if (picked.isEmpty()) {
      throw new UserError(
          "Cannot show images of " + source.trainName() + ": none of them can be decoded");
    }
    return picked;
  }

  private static ContactSheet sheet(int rows, int columns, int size) {
    try {
      return new ContactSheet(rows, columns, size);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage() + "; lower --count, --variants or --image-size", e);
    }
  }

  private void drawEpochs(ContactSheet sheet, List<Picked> picked, Settings settings, int size) {
    Augmentation augmentation = Variation.ofImages(settings.augmentation(), size);
    float[] drawn = new float[3 * size * size];
    FloatBuffer out = FloatBuffer.wrap(drawn);
    for (int row = 0; row < picked.size(); row++) {
      PreparedImage image = picked.get(row).image();
      Augmentation.NONE.write(image.pixels(), size, 0, out);
      sheet.place(row, 0, drawn);
      for (int epoch = 1; epoch <= variants; epoch++) {
        long imageSeed = Variation.seed(settings.seed(), epoch, image.id());
        augmentation.write(image.pixels(), size, imageSeed, out);
        sheet.place(row, epoch, drawn);
      }
    }
  }

  /** Draws the images as a batch of the first epoch; says how much each keeps of itself. */
  private String drawMixed(ContactSheet sheet, List<Picked> picked, Settings settings, int size) {
    int batch = picked.size();
    Augmentation augmentation = Variation.ofImages(settings.augmentation(), size);
    float[][] features = new float[batch][3 * size * size];
    float[][] labels = new float[batch][batch]; // each image as if of a class of its own
    for (int i = 0; i < batch; i++) {
      PreparedImage image = picked.get(i).image();
      long imageSeed = Variation.seed(settings.seed(), 1, image.id());
      augmentation.write(image.pixels(), size, imageSeed, FloatBuffer.wrap(features[i]));
      labels[i][i] = 1;
    }
    long batchSeed = Variation.batchSeed(settings.seed(), 1, 0, 0);
    Variation.ofBatches(settings.augmentation())
        .mix(wrapped(features), wrapped(labels), size, batchSeed);
    for (int row = 0; row < batch; row++) {
      sheet.place(row, 1 + variants, features[row]);
    }
    return String.format(
        ", then of epoch 1 mixed with the one above (%.0f %% remain)", 100 * labels[0][0]);
  }

  private static List<FloatBuffer> wrapped(float[][] rows) {
    return Arrays.stream(rows).map(FloatBuffer::wrap).toList();
  }

  private void write(ContactSheet sheet) {
    try (OutputStream out = Files.newOutputStream(output)) {
      sheet.write(out);
    } catch (IOException e) {
      throw new UserError("Cannot write " + output + ": " + e, e);
    }
  }
}
