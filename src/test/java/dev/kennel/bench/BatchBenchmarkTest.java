package dev.kennel.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.dataset.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchBenchmarkTest {
  @TempDir Path folder;

  @Test
  void everyImageBecomesPartOfABatchTwentyTimesAPassWhereThereAreFew() throws IOException {
    ColouredImages.write(folder.resolve("images"), 4, 8);
    JsonNode line = new ObjectMapper().readTree(run());
    assertThat(line.get("images").asInt()).isEqualTo(3 * 4 * 20);
    assertThat(line.get("read_images_per_second").asDouble()).isPositive();
    assertThat(line.get("shuffled_images_per_second").asDouble()).isPositive();
  }

  @Test
  void withoutAnyImageThereIsNothingToTime() throws IOException {
    for (String name : List.of("a", "b")) {
      Files.writeString(
          Files.createDirectories(folder.resolve("images/" + name)).resolve("x.jpg"), "no image");
    }
    assertThatThrownBy(this::run)
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot time reading: none of the images can be decoded");
  }

  private String run() {
    Settings settings =
        SettingsLoader.load(
            Optional.empty(),
            Map.of(
                "images", folder.resolve("images").toString(),
                "output", folder.resolve("output").toString()),
            List.of());
    ImageSource.Listing listing =
        ImageSource.list(
            LocalSpark.session(), settings.images(), folder.resolve("unpacked").toString());
    return new BatchBenchmark(listing, settings.images(), settings.cache(), 8, 4, 1)
        .run(LocalSpark.session(), "0");
  }
}
