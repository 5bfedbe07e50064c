package dev.kennel.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MovingAverageTest {
  /** {@code src/test/resources/pytorch/make_recipe.py} made the numbers, in double precision. */
  @Test
  void itFollowsParametersAsPytorchsAveragedModelDoes() throws IOException {
    JsonNode pytorch;
    try (InputStream file = MovingAverageTest.class.getResourceAsStream("/pytorch/recipe.json")) {
      pytorch = new ObjectMapper().readTree(file).get("moving_average");
    }
    INDArray values = Nd4j.create(parameters(0)).reshape(1, 6);
    MovingAverage average =
        new MovingAverage(values, pytorch.get("decay").asDouble(), pytorch.get("steps").asInt());
    for (int step = 0; step < pytorch.get("after").size(); step++) {
      average.follow(Nd4j.create(parameters(step + 1)).reshape(1, 6), step);
      for (int i = 0; i < 6; i++) {
        assertThat(values.getDouble(i))
            .as("parameter %d after step %d", i, step)
            .isCloseTo(pytorch.get("after").get(step).get(i).asDouble(), within(1e-6));
      }
    }
  }

  @Test
  void itsFirstUpdatesForgetTheStartSoon() {
    MovingAverage average = new MovingAverage(Nd4j.zeros(1, 1), 0.99, 1);
    assertThat(average.share(0)).isCloseTo(0.9, within(1e-12));
    assertThat(average.share(8)).isCloseTo(0.5, within(1e-12));
    assertThat(average.share(10_000)).isCloseTo(0.01, within(1e-12));
  }

  @Test
  void whatDoesNotChangeKeepsItsBits() {
    float third = 1 / 3f;
    INDArray values = Nd4j.create(new float[] {third}).reshape(1, 1);
    MovingAverage average = new MovingAverage(values, 0.9, 1);
    for (int step = 0; step < 100; step++) {
      average.follow(Nd4j.create(new float[] {third}).reshape(1, 1), step);
    }
    assertThat(values.getFloat(0)).isEqualTo(third);
  }

  private static float[] parameters(int at) {
    float[] parameters = new float[6];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = (float) Math.sin(at + i);
    }
    return parameters;
  }
}
