package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.ProgressiveResizingSettings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageSizesTest {
  @Test
  void theyStayThenGrowByIncrementsThenAreFull() {
    ImageSizes sizes = ImageSizes.of(new ProgressiveResizingSettings(0.5, 0.5, 0.2, 8), 64, 10);

    // Steps 5 to 7 are of the growth: 32, 32 + 32/3 and 32 + 64/3, down to multiples of 8.
    assertThat(IntStream.range(0, 10).map(sizes::at))
        .containsExactly(32, 32, 32, 32, 32, 32, 40, 48, 64, 64);
  }

  @Test
  void withoutGrowthThereAreTwoSizes() {
    ImageSizes sizes = ImageSizes.of(new ProgressiveResizingSettings(0.75, 0.5, 0.5, 4), 64, 4);

    assertThat(IntStream.range(0, 4).map(sizes::at)).containsExactly(48, 48, 64, 64);
  }

  @Test
  void byDefaultAllAreFull() {
    ImageSizes sizes = ImageSizes.of(new ProgressiveResizingSettings(1, 0.5, 0.2, 4), 63, 10);

    assertThat(IntStream.range(0, 10).map(sizes::at)).containsOnly(63);
  }

  @Test
  void aScaleThatIsNoBinaryFractionGivesItsMultiple() {
    ImageSizes sizes = ImageSizes.of(new ProgressiveResizingSettings(0.7, 1, 0, 7), 70, 10);

    assertThat(sizes.at(0)).isEqualTo(49); // not 42, by 0.7 * 70 = 48.999…
  }

  @Test
  void aNetworkOfOneSizeIsTheUsersMistakeAsAreTinyImages() {
    assertThatCode(() -> check("resnet50", "0.5", 64)).doesNotThrowAnyException();
    assertThatCode(() -> check("resfcn18", "1", 64)).doesNotThrowAnyException();
    assertThatThrownBy(() -> check("resfcn18", "0.5", 64))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot use progressive-resizing with resfcn18");
    assertThatThrownBy(() -> check("resnet18", "0.2", 32))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot begin with images of 4 px");
  }

  private static void check(String network, String scale, int size) {
    ImageSizes.check(
        SettingsLoader.load(
            Optional.of("samples"),
            Map.of("networks", network, "image-size", size),
            List.of("progressive-resizing.initial-scale=" + scale)));
  }
}
