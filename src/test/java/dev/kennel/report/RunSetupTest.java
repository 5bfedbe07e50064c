package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import org.junit.jupiter.api.Test;

class RunSetupTest {
  @Test
  void aRunOfBeforeThereWasASettingIsARepeatOfOneWithItsDefault() {
    RunSetup before = RunSetup.of("{\"epochs\": 3, \"seed\": 1}", 1);
    assertThat(before)
        .isEqualTo(RunSetup.of("{\"epochs\": 3, \"seed\": 2, \"test-flip\": false}", 1))
        .isNotEqualTo(RunSetup.of("{\"epochs\": 3, \"seed\": 2, \"test-flip\": true}", 1))
        .isNotEqualTo(RunSetup.of("{\"epochs\": 4, \"seed\": 2}", 1));
    assertThat(before.value("test-flip")).isEqualTo("false");
  }

  @Test
  void settingsThatCannotBeReadAreAnErrorOfOneLine() {
    assertThatThrownBy(() -> RunSetup.of("{\"epochs\": 3,", 1))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read the settings of a run: ")
        .hasMessageNotContaining("\n");
  }
}
