package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.ImageSettingsOf;
import dev.kennel.LocalSpark;
import dev.kennel.config.ImageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleImagesTest {
  @TempDir Path output;

  @Test
  void thereAreTenClassesOfSixtyImagesBesideTheirLicenceAndOrigin() throws IOException {
    String images = SampleImages.unpack(new Configuration(), output.toString());

    assertThat(images).isEqualTo(output + "/samples/images");
    assertThat(output.resolve("samples/LICENSE")).isNotEmptyFile();
    assertThat(output.resolve("samples/ORIGIN.md")).isNotEmptyFile();
    Map<String, Long> counts =
        pngs().stream()
            .collect(
                Collectors.groupingBy(
                    file -> file.getParent().getFileName().toString(), Collectors.counting()));
    assertThat(counts).hasSize(10).containsKey("T-shirt");
    assertThat(counts.values()).containsOnly(60L);
  }

  @Test
  void whatIsThereAlreadyIsLeft() throws IOException {
    SampleImages.unpack(new Configuration(), output.toString());
    Path kept = output.resolve("samples/images/Bag/01.png");
    Path lost = output.resolve("samples/images/Bag/02.png");
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(kept, longAgo);
    Files.delete(lost);

    SampleImages.unpack(new Configuration(), output.toString());

    assertThat(Files.getLastModifiedTime(kept)).isEqualTo(longAgo);
    assertThat(lost).isNotEmptyFile();
    assertThat(pngs()).hasSize(600);
  }

  @Test
  void allOfThemDecodeAndNoTwoAreTheSame() throws IOException {
    String folder = SampleImages.unpack(new Configuration(), output.toString());
    ImageSettings settings = ImageSettingsOf.of("images", folder);
    ImageSource.Listing listing = ImageSource.list(LocalSpark.session(), settings, "unpacked");

    PreparedImages prepared =
        PreparedImages.prepare(
            LocalSpark.session(),
            listing,
            List.of(28),
            settings,
            output.resolve("prepared").toString(),
            done -> {});
    assertThat(listing.ignored()).isEmpty();
    assertThat(prepared.rejected()).isEmpty();
    assertThat(prepared.accepted()).hasSize(600);
    assertThat(new Split(prepared.accepted(), List.of(), List.of(), List.of()).copies()).isZero();
  }

  private List<Path> pngs() throws IOException {
    try (Stream<Path> files = Files.walk(output.resolve("samples/images"))) {
      return files.filter(file -> file.toString().endsWith(".png")).toList();
    }
  }
}
