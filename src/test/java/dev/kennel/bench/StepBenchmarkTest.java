package dev.kennel.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.config.OptimizerSettings;
import dev.kennel.network.Network;
import dev.kennel.onednn.Computation;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepBenchmarkTest {
  @Test
  void oneLineOfJsonHasTheSpeedsAndTheMemory() {
    StepTiming timing =
        new StepBenchmark(
                Network.CUSTOMCNN,
                32,
                4,
                1,
                Computation.DEFAULT,
                OptimizerSettings.Name.LARS,
                0.5,
                5,
                2)
            .run(false);
    assertThat(timing.trainImagesPerSecond()).isPositive();
    assertThat(timing.forwardImagesPerSecond()).isPositive();
    assertThat(timing.json("9.9"))
        .matches(
            "\\{\"engine\": \"kennel 9.9\", \"network\": \"customcnn\", \"image_size\": 32, "
                + "\"batch\": 4, \"threads\": 1, \"precision\": \"f32\", \"optimizer\": \"lars\", "
                + "\"clip_grad_norm\": 0.5, \"train_images_per_second\": [0-9.]+, "
                + "\"forward_images_per_second\": [0-9.]+, "
                + "\"peak_mb\": \\d+, \"peak_mb_since_built\": \\d+}");
    assertThat(timing.profile()).isEmpty();
  }

  @Test
  void theProfileHasEveryLayerWithBothDirections() {
    StepTiming timing =
        new StepBenchmark(Network.RESFCN18, 8, 4, 1, Computation.DEFAULT, 5, 2).run(true);
    List<Profile.Line> profile = timing.profile();
    assertThat(profile)
        .extracting(Profile.Line::layer)
        .contains("stem-fc", "stem-fc-bn", "stem", "stage1-block1", "stage4");
    assertThat(profile)
        .allSatisfy(
            line -> {
              assertThat(line.forwardMilliseconds()).isPositive();
              assertThat(line.backwardMilliseconds()).isPositive();
            });
    assertThat(timing.profileTable()).startsWith("layer ").contains("stem-fc ", "step ");
  }
}
