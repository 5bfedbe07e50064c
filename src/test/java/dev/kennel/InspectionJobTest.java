package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.table.TableStore;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A train and a test folder with a beagle's and a pug's pictures, made of waves. */
class InspectionJobTest {
  private final SparkSession spark = LocalSpark.session();

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    jpeg("train/beagle/1.jpg", waves(1, 240, 320), 0.9f);
    jpeg("train/beagle/2.jpg", waves(2, 300, 250), 0.9f);
    png("train/pug/plain.png", plain(40, 20, 0x336699));
    write("train/pug/cut.jpg", firstHalf("train/beagle/2.jpg"));
    write("train/pug/empty.jpg", new byte[0]);
    Files.createDirectories(folder.resolve("test/beagle"));
    Files.createDirectories(folder.resolve("test/pug"));
    Files.copy(folder.resolve("train/beagle/2.jpg"), folder.resolve("test/beagle/copy.jpg"));
    jpeg("test/beagle/other.jpg", waves(3, 240, 320), 0.9f);
    jpeg("test/pug/worse.jpg", waves(1, 240, 320), 0.3f);
    png("test/pug/smaller.png", waves(1, 120, 160));
  }

  @Test
  void everyListedFileIsInOneOfTheTwoTables() throws IOException {
    assertThat(inspect()).startsWith("9 files: 7 images, 2 rejected\n  1 empty, 1 truncated\n");
    assertThat(column("select count(*) from images")).containsExactly(7L);
    assertThat(column("select concat(path, ' ', reason) from rejected_images order by 1"))
        .containsExactly(path("train/pug/cut.jpg truncated"), path("train/pug/empty.jpg empty"));
    assertThat(column("select distinct run_id from images union select run_id from duplicates"))
        .hasSize(1);
  }

  @Test
  void anImageIsDescribedByWhatCanBeSeen() throws IOException {
    inspect();
    Row plain = spark.sql("select * from images where path like '%plain.png'").first();
    assertThat(plain.<Integer>getAs("width")).isEqualTo(40);
    assertThat(plain.<Integer>getAs("height")).isEqualTo(20);
    assertThat(plain.<String>getAs("form")).isEqualTo("PNG 8-bit RGB");
    assertThat(plain.<String>getAs("class_name")).isEqualTo("pug");
    assertThat(plain.<String>getAs("split")).isEqualTo("train");
    assertThat(plain.<Double>getAs("mean_red")).isEqualTo(0x33);
    assertThat(plain.<Double>getAs("mean_green")).isEqualTo(0x66);
    assertThat(plain.<Double>getAs("mean_blue")).isEqualTo(0x99);
    assertThat(plain.<Long>getAs("perceptual_hash")).isZero();
    assertThat(plain.<String>getAs("truncated")).isNull();
  }

  @Test
  void duplicatesAreFoundInTheSameBytesAndInWorseAndSmallerPictures() throws IOException {
    String report = inspect();
    assertThat(
            column(
                "select concat_ws(' ', likeness, path, other_path, across) from duplicates"
                    + " order by 1"))
        .containsExactly(
            "copy " + path("test/beagle/copy.jpg ") + path("train/beagle/2.jpg splits"),
            "near " + path("test/pug/smaller.png ") + path("train/beagle/1.jpg splits"),
            "near " + path("test/pug/worse.jpg ") + path("train/beagle/1.jpg splits"));
    assertThat(report)
        .containsPattern("same bytes +1 +0 +0\n")
        .containsPattern("look alike +2 +0 +0\n")
        .contains(path("test/beagle/copy.jpg") + " = " + path("train/beagle/2.jpg"))
        .contains("Training would stop: images are on two sides of the split");
  }

  @Test
  void whatIsThereOfACutImageIsTakenIfThatIsWanted() throws IOException {
    assertThat(inspect("accept-truncated", "true"))
        .startsWith("9 files: 8 images, 1 rejected\n  1 empty\n")
        .contains("1 of the images are cut short");
    assertThat(column("select truncated from images where path like '%cut.jpg'").toString())
        .contains("JPEG ends after");
  }

  @Test
  void meanAndDeviationAreThoseOfTheCentreSquares() throws IOException {
    Path plain = folder.resolve("plain");
    png("plain/black/1.png", plain(300, 200, 0x000000));
    png("plain/white/1.png", plain(200, 300, 0xffff00));
    assertThat(inspect(Map.of("images", plain.toString())))
        .containsPattern("mean +0\\.5000 +0\\.5000 +0\\.0000 +0\\.4850 +0\\.4560 +0\\.4060\n")
        .containsPattern("deviation +0\\.5000 +0\\.5000 +0\\.0000 +0\\.2290")
        .containsPattern("width +200 +250 +300\n")
        .contains("2 classes, of 1 to 1 images, in the median 1")
        .contains("2 images are too plain")
        .doesNotContain("Training would stop");
  }

  @Test
  void anInspectionIsNoRun() throws IOException {
    inspect();
    inspect();
    assertThat(column("select count(*) from runs")).containsExactly(0L);
    assertThat(column("select count(distinct run_id) from images")).containsExactly(2L);
  }

  @Test
  void anOutputThatCannotBeWrittenToIsTheUsersMistake() throws IOException {
    write("file", new byte[0]);
    assertThatThrownBy(() -> inspect("output", path("file")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot write to " + path("file"));
  }

  private String inspect(String... keyAndValue) throws IOException {
    Map<String, Object> options = new HashMap<>();
    options.put("train-images", path("train"));
    options.put("test-images", path("test"));
    if (keyAndValue.length > 0) {
      options.put(keyAndValue[0], keyAndValue[1]);
    }
    return inspect(options);
  }

  private String inspect(Map<String, Object> given) throws IOException {
    Map<String, Object> options = new HashMap<>(given);
    options.putIfAbsent("output", path("out"));
    Console console =
        new Console(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false);
    String report =
        new InspectionJob(
                spark, SettingsLoader.load(Optional.empty(), options, List.of()), 3, console)
            .run();
    new TableStore(spark, path("out")).registerViews();
    return report;
  }

  private List<Object> column(String query) {
    return spark.sql(query).collectAsList().stream().map(row -> row.get(0)).toList();
  }

  private String path(String name) {
    return folder + "/" + name;
  }

  /** A smooth picture, the same at any size. */
  private static BufferedImage waves(int kind, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double across = kind * 5.0 * x / width;
        double down = kind * 3.0 * y / height;
        int light = (int) (127 + 60 * Math.sin(across + down) + 60 * Math.cos(7 * down - across));
        image.setRGB(x, y, light * 0x010101);
      }
    }
    return image;
  }

  private static BufferedImage plain(int width, int height, int colour) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width * height];
    Arrays.fill(row, colour);
    image.setRGB(0, 0, width, height, row, 0, width);
    return image;
  }

  private void png(String name, BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    write(name, out.toByteArray());
  }

  private void jpeg(String name, BufferedImage image, float quality) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionQuality(quality);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), parameters);
    }
    writer.dispose();
    write(name, out.toByteArray());
  }

  private byte[] firstHalf(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(name));
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
