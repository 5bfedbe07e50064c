package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.ColouredImages;
import dev.kennel.ImageSettingsOf;
import dev.kennel.LocalSpark;
import dev.kennel.config.ImageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PickedImagesTest {
  @TempDir private Path folder;

  @BeforeEach
  void threeClassesOfFour() throws IOException {
    ColouredImages.write(folder, 4, 16);
  }

  @Test
  void theyAreSpreadOverAllClasses() {
    assertThat(picked(3)).extracting(PreparedImage::label).containsExactly(0, 1, 2);
    assertThat(picked(3)).extracting(PreparedImage::id).containsExactly(0, 4, 8);
  }

  @Test
  void theyAreWhatTrainingHas() {
    ImageFolder.Listing listing = ImageFolder.list(LocalSpark.session(), settings(), "unpacked");
    try (DecodedImages decoded = DecodedImages.decode(LocalSpark.session(), listing, List.of(16))) {
      List<PreparedImage> trained = decoded.shards(decoded.accepted(), 1, 0).first().images();

      assertThat(picked(12)).usingRecursiveComparison().isEqualTo(trained);
    }
  }

  @Test
  void whereThereAreFewerAllAreTaken() {
    assertThat(picked(100)).hasSize(12);
  }

  @Test
  void whatCannotBeDecodedIsPassedOver() throws IOException {
    Files.writeString(folder.resolve("red/000.png"), "no image");

    assertThat(picked(3)).extracting(PreparedImage::id).containsExactly(0, 4, 9);
  }

  @Test
  void testImagesAreNotAmongThem() {
    String same = folder.toString();
    ImageSettings split = ImageSettingsOf.of("train-images", same, "test-images", same);

    assertThat(PickedImages.of(new Configuration(), split, "unpacked", 16, 100))
        .hasSize(12)
        .extracting(PreparedImage::id)
        .allMatch(id -> id < 12);
  }

  private List<PreparedImage> picked(int count) {
    return PickedImages.of(new Configuration(), settings(), "unpacked", 16, count);
  }

  private ImageSettings settings() {
    return ImageSettingsOf.of("images", folder);
  }
}
