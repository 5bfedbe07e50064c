package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DecodeOptionsTest {
  @Test
  void aLimitThatNoArrayCanHoldIsRefused() {
    assertThatThrownBy(() -> new DecodeOptions(715_827_883, false, 0))
        .hasMessage(
            "Cannot decode images of at most 715827883 pixels: the limit is 1 to 715827882");
    assertThatThrownBy(() -> new DecodeOptions(0, false, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSquareOfLessThanNoPixelsIsRefused() {
    assertThatThrownBy(() -> new DecodeOptions(1, false, -1))
        .hasMessage(
            "Cannot decode images for squares of -1 pixels: the side is 0 (all in full) or more");
  }
}
