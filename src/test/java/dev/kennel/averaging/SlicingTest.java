package dev.kennel.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.averaging.Slicing.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlicingTest {
  @Test
  void aSmallNetworkHasASliceOfParametersAndOneOfMomentum() {
    Slicing slicing = new Slicing(7, 5);
    assertThat(slicing.count()).isEqualTo(2);
    assertThat(slicing.part(0)).isEqualTo(new Part(false, 0, 7));
    assertThat(slicing.part(1)).isEqualTo(new Part(true, 0, 5));
  }

  @Test
  void aNetworkWithoutMomentumHasSlicesOfParametersOnly() {
    assertThat(new Slicing(7, 0).count()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"457221032, 457204680", "4194304, 4194304", "4194305, 4194303", "3000000000, 1"})
  void slicesCoverEveryFloatOnce(long parameters, long momentum) {
    Slicing slicing = new Slicing(parameters, momentum);
    long[] next = {0, 0};
    for (int index = 0; index < slicing.count(); index++) {
      Part part = slicing.part(index);
      int vector = part.isMomentum() ? 1 : 0;
      assertThat(part.offset()).isEqualTo(next[vector]);
      assertThat(part.length()).isBetween(1, Slicing.LENGTH);
      next[vector] += part.length();
    }
    assertThat(next).containsExactly(parameters, momentum);
  }
}
