package dev.kennel.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class RowBuilderTest {

  @Test
  void valuesAreOrderedByTheSchemaAndWidenedToItsTypes() {
    Row row =
        Table.CLASS_METRICS
            .row()
            .set("support", 4)
            .set("f1", 0.5f)
            .set("recall", 0.5)
            .set("precision", 0.5)
            .set("class_name", "beagle")
            .set("label", 1)
            .set("split", "test")
            .set("network", "resnet18")
            .build();

    assertThat(row.mkString(" ")).isEqualTo("resnet18 test 1 beagle 0.5 0.5 0.5 4");
    assertThat(row.get(7)).isEqualTo(4L);
    assertThat(row.get(6)).isEqualTo(0.5);
  }

  @Test
  void anUnknownColumnIsAnErrorThatNamesTheKnownOnes() {
    assertThatThrownBy(() -> Table.REJECTED_IMAGES.row().set("size", 1))
        .hasMessage(
            "Cannot make a row of rejected_images: no column size; there are path, bytes, reason,"
                + " detail");
  }

  @Test
  void missingColumnsAreNamed() {
    assertThatThrownBy(() -> Table.REJECTED_IMAGES.row().set("path", "a").set("bytes", 1).build())
        .hasMessage("Cannot make a row of rejected_images: no value for reason, detail");
  }

  @Test
  void aColumnIsSetOnce() {
    RowBuilder row = Table.REJECTED_IMAGES.row().set("bytes", 1);

    assertThatThrownBy(() -> row.set("bytes", 2))
        .hasMessage("Cannot make a row of rejected_images: bytes was set before");
  }

  @Test
  void aValueOfAnotherTypeIsAnError() {
    assertThatThrownBy(() -> Table.EPOCHS.row().set("epoch", "first"))
        .hasMessage("Cannot put String first into epochs.epoch: it holds int");
    assertThatThrownBy(() -> Table.EPOCHS.row().set("network", null))
        .hasMessage("Cannot put nothing into epochs.network: it holds string");
    assertThatThrownBy(() -> Table.PREDICTIONS.row().set("top5_labels", List.of(1L)))
        .hasMessageStartingWith("Cannot put")
        .hasMessageEndingWith("into predictions.top5_labels: it holds array<int>");
  }
}
