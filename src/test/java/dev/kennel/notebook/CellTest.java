package dev.kennel.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellTest {
  @Test
  void aCellWithoutAMarkIsSql() {
    Cell cell = Cell.parse("\n  select 1\nfrom runs");
    assertThat(cell.kind()).isEqualTo(Cell.Kind.SQL);
    assertThat(cell.commands()).isEmpty();
    assertThat(cell.body()).isEqualTo("  select 1\nfrom runs");
    assertThat(cell.start()).isEqualTo(1);
  }

  @Test
  void commandsComeBeforeWhatRuns() {
    Cell cell = Cell.parse("%output \"my runs\"\n%help\n\n%%java\nint x = 7 % 4;");
    assertThat(cell.commands()).extracting(Cell.Command::name).containsExactly("output", "help");
    assertThat(cell.commands().get(0).words()).containsExactly("my runs");
    assertThat(cell.kind()).isEqualTo(Cell.Kind.JAVA);
    assertThat(cell.body()).isEqualTo("int x = 7 % 4;");
  }

  @Test
  void aQuotedWordMayBeginInItsMidst() {
    Cell cell = Cell.parse("%%chart line x=epoch title=\"two words\" y=loss\nselect 1");
    assertThat(cell.words()).containsExactly("line", "x=epoch", "title=two words", "y=loss");
  }

  @ParameterizedTest
  @CsvSource({
    "%%chrat, did you mean %%chart?",
    "%outptu, did you mean %output?",
    "%%, %help tells what there is",
    "%, %help tells what there is",
    "%frobnicate, %help tells what there is"
  })
  void anUnknownMarkIsAnErrorThatNamesTheNearestKnownOne(String line, String hint) {
    assertThatThrownBy(() -> Cell.parse(line + " line"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(hint);
  }
}
