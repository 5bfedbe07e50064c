package dev.kennel.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;

class InProcessTest {
  @Test
  void whatIsReadBackInTheSameProcessIsTheValueItself() {
    List<String> value = List.of("large");
    InProcess<List<String>> readBack = SerializationUtils.clone(InProcess.of(value));
    assertThat(readBack.value()).isSameAs(value);
    assertThat(readBack.take()).isSameAs(value);
  }

  @Test
  void aValueThatWasTakenIsGone() {
    InProcess<String> held = InProcess.of("once");
    held.take();
    assertThatThrownBy(held::value)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is not held in this process");
  }
}
