package dev.kennel.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeanTest {
  @Test
  void theMeanWeighsEachVector() {
    FloatBuffer a = FloatBuffer.wrap(new float[] {1, 2, 3});
    FloatBuffer b = FloatBuffer.wrap(new float[] {5, 6, 7});
    FloatBuffer mean = FloatBuffer.allocate(3);
    Mean.write(new float[] {0.25f, 0.75f}, List.of(a, b), List.of(mean));
    assertThat(floats(mean)).containsExactly(4, 5, 6);
    assertThat(floats(a)).containsExactly(1, 2, 3);
  }

  @Test
  void itMayBeWrittenOverTheVectorsThemselves() {
    FloatBuffer a = FloatBuffer.wrap(new float[] {1, 2});
    FloatBuffer b = FloatBuffer.wrap(new float[] {3, 6});
    Mean.write(new float[] {0.5f, 0.5f}, List.of(a, b), List.of(a, b));
    assertThat(floats(a)).containsExactly(2, 4);
    assertThat(floats(b)).containsExactly(2, 4);
  }

  @Test
  void vectorsLongerThanItsPiecesAreAveragedToTheirEnds() {
    int length = 10_001;
    float[] first = new float[length];
    float[] second = new float[length];
    Random random = new Random(3);
    for (int i = 0; i < length; i++) {
      first[i] = random.nextFloat();
      second[i] = random.nextFloat();
    }
    FloatBuffer mean = FloatBuffer.allocate(length);
    Mean.write(
        new float[] {0.5f, 0.5f},
        List.of(FloatBuffer.wrap(first), FloatBuffer.wrap(second)),
        List.of(mean));
    float[] found = floats(mean);
    for (int i = 0; i < length; i++) {
      assertThat(found[i]).isEqualTo(first[i] * 0.5f + second[i] * 0.5f);
    }
  }

  @Test
  void theMeanOfOneIsItself() {
    FloatBuffer alone = FloatBuffer.wrap(new float[] {0.1f, -3});
    Mean.write(new float[] {1}, List.of(alone), List.of(alone));
    assertThat(floats(alone)).containsExactly(0.1f, -3);
  }

  private static float[] floats(FloatBuffer memory) {
    return memory.array();
  }
}
