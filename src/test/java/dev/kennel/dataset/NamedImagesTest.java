package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.dataset.NamedImages.Found;
import dev.kennel.image.RgbImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedImagesTest {
  @TempDir Path folder;

  @Test
  void imagesAreReadAgainByTheirPathsInTheOrderOfThose() throws IOException {
    Path wide = folder.resolve("wide.png");
    Pictures.noise(wide, 30, 10);
    Path tall = folder.resolve("tall.png");
    Pictures.noise(tall, 12, 20);
    Path archive = folder.resolve("dogs.zip");
    try (OutputStream out = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("pug/1.png"));
      zip.write(Files.readAllBytes(tall));
      zip.closeEntry();
    }

    List<Found<Integer>> found = read(wide.toString(), archive + "!/pug/1.png", "file:" + wide);

    assertThat(found).extracting(image -> image.made().orElseThrow()).containsExactly(30, 12, 30);
    assertThat(found).extracting(Found::problem).containsOnly("");
  }

  @Test
  void oneThatCannotBeReadSaysWhyAndKeepsNoneOfTheOthersBack() throws IOException {
    Path text = Files.writeString(folder.resolve("text.png"), "text");
    Path archive = folder.resolve("dogs.zip");
    try (OutputStream out = Files.newOutputStream(archive)) {
      new ZipOutputStream(out).close();
    }
    Path whole = folder.resolve("whole.png");
    Pictures.noise(whole, 5, 5);

    List<Found<Integer>> found =
        read(
            folder.resolve("gone.png").toString(),
            text.toString(),
            archive + "!/pug/1.png",
            folder.resolve("gone.zip") + "!/pug/1.png",
            "nothing://like/this.png",
            whole.toString());

    assertThat(found)
        .extracting(image -> image.made().isPresent())
        .containsExactly(false, false, false, false, false, true);
    assertThat(found.get(0).problem()).isEqualTo("there is no such file any more");
    assertThat(found.get(1).problem()).startsWith("not an image: ");
    assertThat(found.get(2).problem()).isEqualTo("it is not in the archive any more");
    assertThat(found.get(3).problem()).contains("gone.zip: there is no such file");
    assertThat(found.get(4).problem()).contains("nothing");
  }

  private List<Found<Integer>> read(String... paths) {
    return NamedImages.read(
        new Configuration(), List.of(paths), folder.toString(), 8, RgbImage::width);
  }
}
