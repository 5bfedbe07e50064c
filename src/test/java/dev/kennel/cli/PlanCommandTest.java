package dev.kennel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.NetworkSize;
import dev.kennel.network.Optimization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Nesterovs;

class PlanCommandTest {
  private static final String RESNET18 =
      "plan --network resnet18 --workers 2 --bandwidth 10 --images-per-second 16";

  @Test
  void theAveragingFrequencyKeepsAveragingAtATenthOfARound() throws IOException {
    JsonNode plan = json(RESNET18);
    double averaging = plan.get("averaging_seconds").doubleValue();
    double fit = plan.get("fit_seconds").doubleValue();
    int frequency = plan.get("averaging_frequency").intValue();
    assertThat(plan.get("step_seconds").doubleValue()).isEqualTo(2); // 32 images, 16 a second
    assertThat(fit).isEqualTo(2 * frequency);
    assertThat(averaging / (averaging + fit)).isLessThanOrEqualTo(0.1);
    assertThat(averaging / (averaging + fit - 2)).isGreaterThan(0.1); // one step less is too few
  }

  @Test
  void withoutTheSpeedOfAWorkerTheFrequencyIsAMultipleOfIt() throws IOException {
    JsonNode plan = json(RESNET18.replace(" --images-per-second 16", ""));
    assertThat(plan.get("averaging_frequency").isNull()).isTrue();
    double multiple = plan.get("frequency_per_image_per_second").doubleValue();
    assertThat(Math.ceil(16 * multiple))
        .isEqualTo(json(RESNET18).get("averaging_frequency").intValue());
    assertThat(run(RESNET18.replace(" --images-per-second 16", "")))
        .contains("× v", "kennel bench step --network resnet18 --image-size 224 --batch 32");
  }

  @Test
  void theStateIsParametersWithStatisticsAndTheirMomentumWithout() throws IOException {
    JsonNode plan = json("plan --network customcnn --workers 2 --bandwidth 10");
    ComputationGraphConfiguration configuration =
        Network.CUSTOMCNN.configure(120, 32, new Optimization(new Nesterovs(0.1, 0), 0));
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    Initialization.initialize(network, 1);
    long floats = network.params().length() + network.getUpdater(true).getStateViewArray().length();
    assertThat(plan.get("bytes_exchanged").longValue()).isEqualTo(2 * 4 * floats);
    assertThat(network.getUpdater(true).getStateViewArray().length())
        .isEqualTo(NetworkSize.of(configuration, 32).parameters());
  }

  @Test
  void anExecutorNeedsWhatTrainingAsksFor() throws IOException {
    // a gigabyte, 3 times the parameters, and half of twice the parameters
    JsonNode plan = json(RESNET18);
    assertThat(plan.get("executor_memory_bytes").longValue())
        .isEqualTo((1L << 30) + 4 * plan.get("parameter_bytes").longValue());
  }

  @Test
  void adamWHasTwiceTheState() throws IOException {
    JsonNode sgd = json(RESNET18);
    JsonNode plan = json(RESNET18 + " --optimizer adamw");
    long bytes = plan.get("parameter_bytes").longValue();
    // a gigabyte, 4 times the parameters, and half of three times the parameters
    assertThat(plan.get("executor_memory_bytes").longValue())
        .isEqualTo((1L << 30) + 11 * bytes / 2);
    long parameters = plan.get("parameters").longValue();
    assertThat(plan.get("bytes_exchanged").longValue())
        .isEqualTo(sgd.get("bytes_exchanged").longValue() + 2 * 4 * parameters);
  }

  @Test
  void halfTheBandwidthIsTwiceTheTimeOnTheWire() throws IOException {
    double ten = json(RESNET18).get("averaging_wire_seconds").doubleValue();
    double five =
        json(RESNET18.replace("10", "5Gbit/s")).get("averaging_wire_seconds").doubleValue();
    assertThat(five).isCloseTo(2 * ten, within(1e-9));
  }

  @Test
  void severalSeedsAreSeveralRuns() throws IOException {
    assertThat(json(RESNET18).get("runs").intValue()).isEqualTo(1);
    assertThat(json(RESNET18 + " --seeds 1,2,3").get("runs").intValue()).isEqualTo(3);
    assertThat(run(RESNET18 + " --seeds 1,2,3"))
        .containsPattern("runs +3 +one a seed, one after the other");
  }

  private static JsonNode json(String arguments) throws IOException {
    return new ObjectMapper().readTree(run(arguments + " --format json"));
  }

  private static String run(String arguments) {
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertThat(CommandLineInterface.run(arguments.split(" "))).isZero();
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
