package dev.kennel.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
  private static final ChartPen PEN = new ChartPen();

  /** Accuracies of two networks in two epochs, one of them absent. */
  private static final String ROWS =
      "select * from values (1, 'a', 'A & B', 0.25D, 0.2D, 0.3D), (2, 'b', 'A & B', 0.5D, 0.4D,"
          + " 0.6D), (1, 'a', 'C', null, null, null), (2, 'b', 'C', 0.75D, 0.7D, 0.8D) as"
          + " t(epoch, class, network, accuracy, low, high)";

  private static DisplayData draw(String words) {
    return draw(words, ROWS);
  }

  private static DisplayData draw(String words, String query) {
    Dataset<Row> rows = LocalSpark.session().sql(query);
    return Chart.of(List.of(words.split(" "))).draw(rows, PEN);
  }

  private static String svg(DisplayData chart) {
    return (String) chart.getData(MIMEType.IMAGE_SVG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "line x=epoch y=accuracy color=network",
        "line x=class y=accuracy color=network",
        "line x=epoch y=low,high color=network",
        "line x=epoch y=accuracy group=network",
        "bar x=class y=accuracy color=network low=low high=high",
        "bar x=epoch y=low,high",
        "barh x=class y=accuracy color=network low=low high=high",
        "scatter x=epoch y=accuracy color=network low=low high=high title=T width=400 height=300",
        "heatmap x=class y=network color=accuracy"
      })
  void everyKindIsAnImageOfTheSameBytesEachTime(String words) {
    String image = svg(draw(words));
    assertThat(image).startsWith("<svg role=\"img\" aria-label=\"").endsWith("</svg>");
    assertThat(image).contains("<text ").contains("font-family:sans-serif");
    draw("line x=epoch y=low"); // another one between moves what ECharts counts
    assertThat(svg(draw(words))).isEqualTo(image);
  }

  @Test
  void aChartNamesItsAxesAndColoursAndHasItsRowsAsText() {
    DisplayData chart = draw("line x=epoch y=accuracy color=network");
    assertThat(svg(chart)).contains(">epoch<", ">accuracy<", ">A &amp; B<", ">C<");
    assertThat((String) chart.getData(MIMEType.TEXT_PLAIN)).contains("A & B", "0.25", "null");
  }

  @Test
  void pointsOfALineAreInTheOrderOfXWhateverThatOfTheRows() {
    String sorted = "select * from values (1, 0.1D), (2, 0.3D), (3, 0.2D) as t(x, y)";
    String mixed = "select * from values (3, 0.2D), (1, 0.1D), (2, 0.3D) as t(x, y)";
    assertThat(svg(draw("line x=x y=y", mixed))).isEqualTo(svg(draw("line x=x y=y", sorted)));
  }

  @Test
  void whatIsWrittenInRowsIsNoMarkup() {
    String image = svg(draw("bar x=x y=y", "select '<script>alert(1)</script>' as x, 1 as y"));
    assertThat(image).doesNotContain("<script").contains("&lt;script&gt;");
  }

  @Test
  void aResultWithoutRowsIsAnEmptyChart() {
    assertThat(svg(draw("line x=epoch y=accuracy", ROWS + " where epoch > 2"))).contains(">epoch<");
    assertThat(svg(draw("heatmap x=class y=network color=low", ROWS + " where epoch > 2")))
        .contains(">class<");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pie x=epoch y=low | pie is not a kind of chart; there are line, bar, barh",
        "line x=epoch | a line chart needs y=COLUMN",
        "heatmap x=epoch y=class | a heatmap chart needs color=COLUMN",
        "line x=epoch y=accuracie | no column accuracie; did you mean accuracy?",
        "line x=epoch y=class | y=class has to be a column of numbers",
        "heatmap x=epoch y=class color=network | color=network has to be a column of numbers",
        "line x=epoch y=low low=low | low and high go together",
        "line x=epoch y=low width=wide | width is a number of pixels",
        "line x=epoch y=low colour=network | colour=network is none of x, y, color",
        "line epoch | epoch is none of x, y, color"
      })
  void aMistakeIsToldBeforeAnythingIsDrawn(String words, String message) {
    assertThatThrownBy(() -> draw(words))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot draw a chart: ")
        .hasMessageContaining(message);
  }

  @Test
  void moreRowsThanCanBeToldApartAreRefused() {
    assertThatThrownBy(() -> draw("scatter x=id y=id", "select id from range(5001)"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("more than 5,000 rows; take averages, or add LIMIT");
  }
}
