package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.ColouredImages;
import dev.kennel.ImageSettingsOf;
import dev.kennel.LocalSpark;
import dev.kennel.config.ImageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
    ImageSource.Listing listing = ImageSource.list(LocalSpark.session(), settings(), "unpacked");
    String cache = folder + ".prepared";
    PreparedImages prepared =
        PreparedImages.prepare(
            LocalSpark.session(), listing, List.of(16), settings(), cache, done -> {});
    List<PreparedImage> trained =
        new ArrayList<>(prepared.images(prepared.accepted(), 16).collect());
    trained.sort(Comparator.comparingInt(PreparedImage::id));

    assertThat(picked(12)).usingRecursiveComparison().isEqualTo(trained);
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
        .extracting(PickedImages.Picked::image)
        .extracting(PreparedImage::id)
        .allMatch(id -> id < 12);
  }

  private List<PreparedImage> picked(int count) {
    return PickedImages.of(new Configuration(), settings(), "unpacked", 16, count).stream()
        .map(PickedImages.Picked::image)
        .toList();
  }

  private ImageSettings settings() {
    return ImageSettingsOf.of("images", folder);
  }
}
