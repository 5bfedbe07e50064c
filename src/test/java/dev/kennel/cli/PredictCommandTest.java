package dev.kennel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.ColouredImages;
import dev.kennel.Console;
import dev.kennel.LocalSpark;
import dev.kennel.PredictionJob;
import dev.kennel.config.UserError;
import dev.kennel.dataset.ImageSource;
import dev.kennel.dataset.ImageSource.Listing;
import dev.kennel.image.Augmentation;
import dev.kennel.model.ModelDescription;
import dev.kennel.model.ModelFolder;
import dev.kennel.model.TrainedModel;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.onednn.LeanGraph;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A model that was never trained answers for images of all kinds of places. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PredictCommandTest {
  private static final String[] COLOURS = {"red", "green", "blue"};

  private final SparkSession spark = LocalSpark.session();
  private final Configuration hadoop = new Configuration();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path folder;
  private Path images;
  private String model;
  private ComputationGraph network;

  @BeforeAll
  void save(@TempDir Path temporary) throws IOException {
    folder = temporary;
    images = folder.resolve("images");
    ColouredImages.write(images, 12, 32); // 36: more than a batch
    Files.writeString(images.resolve("green/002a.txt"), "no image");
    network = new LeanGraph(Network.CUSTOMCNN.configure(3, 32, Optimization.NONE));
    network.init();
    Initialization.initialize(network, 1);
    model = save("model", false);
  }

  private String save(String name, boolean flip) throws IOException {
    String saved = folder.resolve(name).toString();
    new TrainedModel(
            new ModelDescription(
                ModelDescription.FORMAT,
                "customcnn",
                32,
                List.of(COLOURS),
                List.of(COLOURS),
                Augmentation.MEAN,
                Augmentation.STANDARD_DEVIATION,
                0,
                flip,
                "a-run",
                1,
                "test"),
            network)
        .save(hadoop, folder.toString(), saved);
    return saved;
  }

  @Test
  void everyFileOfAFolderHasARowInTheOrderOfTheListing() throws IOException {
    List<Row> rows = parquet(ImageSource.unlabelled(spark, List.of(images.toString())));
    assertThat(rows).hasSize(37);
    assertThat(rows)
        .extracting(row -> row.<String>getAs("path"))
        .startsWith(images + "/blue/000.png", images + "/blue/001.png")
        .endsWith(images + "/red/011.png")
        .isSorted();
  }

  @Test
  void aRowIsWhatTheNetworkAnswers() throws IOException {
    Path image = images.resolve("red/005.png");
    Row row = parquet(ImageSource.unlabelled(spark, List.of(image.toString()))).get(0);
    float[] probabilities = network.outputSingle(input(image, false)).toFloatVector();
    int best = row.getAs("predicted_label");
    // predicting folds normalization into convolutions, which rounds otherwise
    assertThat(row.<Double>getAs("probability")).isCloseTo(probabilities[best], within(1e-6));
    for (float probability : probabilities) {
      assertThat(probability).isLessThanOrEqualTo(probabilities[best]);
    }
    assertThat(row.<String>getAs("predicted_class")).isEqualTo(COLOURS[best]);
    List<String> classes = row.getList(row.fieldIndex("top5_classes"));
    List<Double> ofClasses = row.getList(row.fieldIndex("top5_probabilities"));
    assertThat(classes).hasSize(3).containsExactlyInAnyOrder(COLOURS).startsWith(COLOURS[best]);
    for (int i = 0; i < 3; i++) {
      int label = List.of(COLOURS).indexOf(classes.get(i));
      assertThat(ofClasses.get(i)).isCloseTo(probabilities[label], within(1e-6));
    }
  }

  @Test
  void aModelWithTheFlipAnswersWithTheMeanOfAnImageAndItsMirrorImage() throws IOException {
    Path image = folder.resolve("half.png");
    BufferedImage half = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB); // black
    half.createGraphics().fillRect(16, 0, 16, 32); // its right half white
    ImageIO.write(half, "png", image.toFile());
    float[] own = network.outputSingle(input(image, false)).toFloatVector();
    float[] mirrored = network.outputSingle(input(image, true)).toFloatVector();
    Row row =
        parquet(save("flipping", true), ImageSource.unlabelled(spark, List.of(image.toString())))
            .get(0);
    int best = row.getAs("predicted_label");
    assertThat(Math.abs(own[best] - mirrored[best])).isGreaterThan(1e-4f);
    assertThat(row.<Double>getAs("probability"))
        .isCloseTo((own[best] + mirrored[best]) / 2, within(1e-6));
  }

  /** [1, 3, 32, 32] of a PNG of that size, by the definition; mirrored left to right, or not. */
  private static INDArray input(Path file, boolean isMirrored) throws IOException {
    var image = ImageIO.read(file.toFile());
    INDArray input = Nd4j.create(1, 3, 32, 32);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        for (int c = 0; c < 3; c++) {
          double value = (image.getRGB(x, y) >> (16 - 8 * c) & 255) / 255.0;
          input.putScalar(
              new int[] {0, c, y, isMirrored ? 31 - x : x},
              (float)
                  ((value - Augmentation.MEAN.get(c)) / Augmentation.STANDARD_DEVIATION.get(c)));
        }
      }
    }
    return input;
  }

  @Test
  void whatIsNoImageHasTheReasonInItsRowAndIsSaid() throws IOException {
    List<Row> rows =
        parquet(ImageSource.unlabelled(spark, List.of(images.resolve("green").toString())));
    Row text = rows.get(3);
    assertThat(text.<String>getAs("path")).endsWith("green/002a.txt");
    assertThat(text.<String>getAs("reason")).isEqualTo("not an image");
    assertThat(text.<String>getAs("detail")).startsWith("8 bytes");
    assertThat(text.isNullAt(text.fieldIndex("predicted_label"))).isTrue();
    assertThat(text.isNullAt(text.fieldIndex("top5_classes"))).isTrue();
    assertThat(rows.get(2).isNullAt(text.fieldIndex("reason"))).isTrue();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("Not read, with the reason in their rows: 1 not an image");
  }

  @Test
  void filesOfAnArchiveAreAnsweredAsThoseOfAFolder() throws IOException {
    Path zip = folder.resolve("more.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : new String[] {"red/003.png", "blue/007.png"}) {
        out.putNextEntry(new ZipEntry("in/" + name));
        out.write(Files.readAllBytes(images.resolve(name)));
      }
    }
    List<Row> ofZip = parquet(ImageSource.unlabelled(spark, List.of(zip.toString())));
    List<Row> ofFolder =
        parquet(
            ImageSource.unlabelled(
                spark, List.of(images + "/blue/007.png", images + "/red/003.png")));
    assertThat(ofZip)
        .extracting(row -> row.<String>getAs("path"))
        .containsExactly(zip + "!/in/blue/007.png", zip + "!/in/red/003.png");
    assertThat(ofZip)
        .extracting(row -> row.getAs("probability"))
        .isEqualTo(ofFolder.stream().map(row -> row.getAs("probability")).toList());
  }

  @Test
  void aManifestNamesImagesRelativeToItself() throws IOException {
    Path manifest =
        Files.writeString(folder.resolve("new.csv"), "id,file\n1,images/red/001.png\n2,gone.png\n");
    List<Row> rows = parquet(ImageSource.unlabelled(spark, manifest.toString(), "file"));
    assertThat(rows)
        .extracting(row -> row.getAs("path") + " " + row.getAs("reason"))
        .containsExactlyInAnyOrder(images + "/red/001.png null", folder + "/gone.png unreadable");
    assertThatThrownBy(() -> ImageSource.unlabelled(spark, manifest.toString(), "path"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot read the manifest "
                + manifest
                + ": it has no column path, only id, file; name it by --path-column");
  }

  @Test
  void placesWithoutImagesAreErrors() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThatThrownBy(() -> ImageSource.unlabelled(spark, List.of(empty.toString())))
        .hasMessage("Cannot read images from " + empty + ": it holds no files");
    assertThatThrownBy(() -> ImageSource.unlabelled(spark, List.of(folder + "/absent.jpg")))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot read images from " + folder + "/absent.jpg: there is no such file");
  }

  @Test
  void csvAndJsonHaveTheSameRowsInOneFile() throws IOException {
    Listing listing = ImageSource.unlabelled(spark, List.of(images.resolve("green").toString()));
    Path file = written(listing, "predictions.csv");
    assertThat(file.getParent().toFile().list()).containsExactly("predictions.csv");
    List<String> csv = Files.readAllLines(file);
    assertThat(csv).hasSize(14);
    assertThat(csv.get(0))
        .isEqualTo(
            "path,predicted_label,predicted_class,probability,top5_classes,top5_probabilities,"
                + "reason,detail");
    assertThat(csv.get(4)).contains("002a.txt,,,,,,not an image,8 bytes");
    List<String> json = Files.readAllLines(written(listing, "predictions.jsonl"));
    assertThat(json).hasSize(13);
    assertThat(json.get(0)).startsWith("{\"path\":\"" + images + "/green/000.png\"");
    assertThat(json.get(0)).contains("\"top5_classes\":[\"");
  }

  @Test
  void aTableIsForPeople() throws IOException {
    Listing listing = ImageSource.unlabelled(spark, List.of(images.resolve("green").toString()));
    assertThat(Files.readAllLines(written(listing, "predictions.txt")))
        .hasSize(16)
        .first()
        .asString()
        .contains("class", "probability", "next best");
  }

  @Test
  void aFileIsNotWrittenOverAndNothingIsLeftBesideIt() throws IOException {
    Path file = Files.writeString(folder.resolve("taken.csv"), "mine");
    assertThatThrownBy(() -> PredictionOutput.of(Optional.empty(), Optional.of(file + ""), hadoop))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot write " + file + ": it exists already; remove it or name another");
    assertThatThrownBy(
            () ->
                PredictionOutput.of(
                    Optional.of(PredictionFormat.PARQUET), Optional.empty(), hadoop))
        .hasMessage("Cannot write Parquet to standard output: name a --file");
    assertThatThrownBy(
            () -> PredictionOutput.of(Optional.empty(), Optional.of(file + "/x.csv"), hadoop))
        .as("before there are predictions")
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot write " + file + "/x.csv: ");
    try (var beside = Files.list(folder)) {
      assertThat(beside.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".taken"));
    }
  }

  @Test
  void aMistakeIsToldBeforeSparkStarts() {
    assertThat(CommandLineInterface.run("predict", "--model", model)).isEqualTo(2);
    assertThat(CommandLineInterface.run("predict", "--model", folder + "/no", "--images", "x"))
        .isEqualTo(2);
  }

  private List<Row> parquet(Listing listing) throws IOException {
    return parquet(model, listing);
  }

  private List<Row> parquet(String by, Listing listing) throws IOException {
    Path file = written(by, listing, "predictions.parquet");
    return spark.read().parquet(file.toString()).coalesce(1).orderBy("path").collectAsList();
  }

  private Path written(Listing listing, String name) throws IOException {
    return written(model, listing, name);
  }

  private Path written(String by, Listing listing, String name) throws IOException {
    Path file = Files.createTempDirectory(folder, "out").resolve(name);
    PredictionOutput output =
        PredictionOutput.of(Optional.empty(), Optional.of(file.toString()), hadoop);
    new PredictionJob(
            spark,
            ModelFolder.open(hadoop, by),
            false,
            new Console(new PrintStream(said, true, StandardCharsets.UTF_8), false))
        .run(listing, rows -> output.write(spark, rows));
    return file;
  }
}
