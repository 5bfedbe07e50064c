package dev.kennel.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.report.Interval;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MarkupTest {
  @Test
  void textKeepsNothingThatHtmlWouldTakeForItsOwn() {
    assertThat(Markup.text("<b title=\"a\" id='c'>&amp;"))
        .isEqualTo("&lt;b title=&quot;a&quot; id=&#39;c&#39;&gt;&amp;amp;");
  }

  @Test
  void whatFillsATemplateIsNotFilledItself() {
    Map<String, String> values = Map.of("a", "{{b}} $1 \\", "b", "x");

    assertThat(Markup.fill("<p>{{a}}</p>{{b}}", values)).isEqualTo("<p>{{b}} $1 \\</p>x");
  }

  @Test
  void aTableNamesItsRowsAndColumnsAndPutsNumbersFlushRight() {
    String table =
        Markup.table(
            "Dogs", List.of("Breed", "Share", "Of"), List.of(List.of("<pug>", "75.8 %", "dogs")));

    assertThat(table)
        .contains("<caption>Dogs</caption>", "<th scope=\"row\">&lt;pug&gt;</th>")
        .contains("<th scope=\"col\">Breed</th><th scope=\"col\" class=\"n\">Share</th>")
        .contains("<td class=\"n\">75.8 %</td><td>dogs</td>");
  }

  @Test
  void numbersAreWrittenAlike() {
    assertThat(Figures.share(0.75833)).isEqualTo("75.8 %");
    assertThat(Figures.share(Double.NaN)).isEqualTo("–");
    assertThat(Figures.interval(new Interval(0.5, 1))).isEqualTo("50.0 to 100.0 %");
    assertThat(Figures.figure(1.0005)).isEqualTo("1.001"); // though the double is less than that
    assertThat(Figures.rate(-380.75)).isEqualTo("-380.8");
    assertThat(Figures.count(11_238_072)).isEqualTo("11,238,072");
    assertThat(Figures.count(OptionalLong.empty())).isEqualTo("–");
    assertThat(Figures.billions(OptionalLong.of(3_640_000_000L))).isEqualTo("3.64");
    assertThat(Figures.billions(OptionalLong.of(1_000))).isEqualTo("0.000001");
  }

  @Test
  void classesThatAreTakenForEachOtherLieSideBySide() {
    double[][] shares = new double[5][5];
    shares[0][3] = 0.2;
    shares[3][0] = 0.3; // 0 and 3 most of all
    shares[3][1] = 0.1;
    shares[2][2] = 0.9; // right, so no link
    shares[4][4] = 1;

    assertThat(ClassOrder.of(shares)).containsExactly(0, 3, 1, 2, 4);
  }
}
