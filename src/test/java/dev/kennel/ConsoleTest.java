package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.config.NetworkSettings;
import dev.kennel.config.OptimizerSettings.Scaling;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What the console says of a run. */
class ConsoleTest {
  private static final NetworkSettings PLAIN = new NetworkSettings(224, 0.02);

  @Test
  void aLearningRateThatWorkersMakeIsToldWithWhereItComesFrom() {
    NetworkSettings withClassifier =
        new NetworkSettings(224, 0.02, Optional.empty(), List.of(), OptionalDouble.of(0.1));
    assertThat(said(PLAIN, Scaling.LINEAR, 4))
        .endsWith("resnet18 learns at a peak rate of 0.08: 0.02 times 4 workers\n");
    assertThat(said(withClassifier, Scaling.SQRT, 4))
        .endsWith(
            "resnet18 learns at a peak rate of 0.04: 0.02 times the square root of 4 workers; its"
                + " classifier at 0.2\n");
  }

  @Test
  void aLearningRateThatStaysIsNot() {
    assertThat(said(PLAIN, Scaling.NONE, 4)).isEmpty();
  }

  private static String said(NetworkSettings own, Scaling scaling, int workers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8), false)
        .scales("resnet18", own, scaling, workers);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
