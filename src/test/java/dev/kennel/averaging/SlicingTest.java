package dev.kennel.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.averaging.Slicing.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlicingTest {
  @Test
  void aSmallNetworkHasASliceOfEachVector() {
    Slicing slicing = Slicing.of(7, 5, 7);
    assertThat(slicing.count()).isEqualTo(3);
    assertThat(slicing.part(0)).isEqualTo(new Part(0, 0, 7));
    assertThat(slicing.part(1)).isEqualTo(new Part(1, 0, 5));
    assertThat(slicing.part(2)).isEqualTo(new Part(2, 0, 7));
  }

  @Test
  void ofAVectorThatThereIsNotThereAreNoSlices() {
    Slicing slicing = Slicing.of(7, 0, 7);
    assertThat(slicing.count()).isEqualTo(2);
    assertThat(slicing.part(1)).isEqualTo(new Part(2, 0, 7));
  }

  @ParameterizedTest
  @CsvSource({"457221032, 457204680", "4194304, 4194304", "4194305, 4194303", "3000000000, 1"})
  void slicesCoverEveryFloatOnce(long parameters, long momentum) {
    Slicing slicing = Slicing.of(parameters, momentum);
    long[] next = {0, 0};
    for (int index = 0; index < slicing.count(); index++) {
      Part part = slicing.part(index);
      assertThat(part.offset()).isEqualTo(next[part.vector()]);
      assertThat(part.length()).isBetween(1, Slicing.LENGTH);
      next[part.vector()] += part.length();
    }
    assertThat(next).containsExactly(parameters, momentum);
    assertThat(slicing.floats()).isEqualTo(parameters + momentum);
  }
}
