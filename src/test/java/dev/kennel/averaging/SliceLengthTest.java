package dev.kennel.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.bench.AveragingModel;
import org.junit.jupiter.api.Test;

class SliceLengthTest {
  @Test
  void theModelOfWhatAveragingCostsKnowsHowLongASliceIs() {
    assertThat(AveragingModel.SLICE).isEqualTo(Slicing.LENGTH);
  }
}
