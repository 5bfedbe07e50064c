package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.ImageSettingsOf;
import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  @TempDir Path folder;

  @Test
  void aCsvFileNamesImagesAndTheirClasses() throws IOException {
    Path csv = write("dogs.csv", "path,label", "b.png,pug", "in/a.png,pug", "/dogs/c.png,beagle");

    ImageSource.Listing listing = list("manifest", csv);

    assertThat(listing.count()).isEqualTo(3);
    assertThat(listing.classes().folders()).containsExactly("beagle", "pug");
    assertThat(listing.images().collectAsList())
        .containsExactly(
            RowFactory.create(0, "/dogs/c.png", 0, "beagle", null, null),
            RowFactory.create(1, folder + "/b.png", 1, "pug", null, null),
            RowFactory.create(2, folder + "/in/a.png", 1, "pug", null, null));
  }

  @Test
  void aSplitColumnSaysWhatIsForTraining() throws IOException {
    Path tsv =
        write(
            "d.tsv",
            "path\tlabel\tsplit",
            "1.png\tpug\ttest",
            "2.png\tcur\ttrain",
            "3.png\tpug\ttrain");

    assertThat(list("manifest", tsv).images().select("path", "split").collectAsList())
        .containsExactly(
            RowFactory.create(folder + "/2.png", "train"),
            RowFactory.create(folder + "/3.png", "train"),
            RowFactory.create(folder + "/1.png", "test"));
  }

  @Test
  void columnsMayHaveOtherNamesAndPathsBeginElsewhere() throws IOException {
    Path json =
        write(
            "d.jsonl",
            "{\"file\":\"1.png\",\"the breed\":\"pug\"}",
            "{\"file\":\"2.png\",\"the breed\":\"cur\"}");

    assertThat(
            list(
                    "manifest",
                    json,
                    "images",
                    "hdfs://host/dogs",
                    "path-column",
                    "file",
                    "label-column",
                    "the breed")
                .images()
                .select("path", "class_name")
                .collectAsList())
        .containsExactly(
            RowFactory.create("hdfs://host/dogs/2.png", "cur"),
            RowFactory.create("hdfs://host/dogs/1.png", "pug"));
  }

  @Test
  void parquetAndTablesOfTheSessionAreReadToo() throws IOException {
    Dataset<Row> table =
        LocalSpark.session()
            .read()
            .json(
                write(
                        "t.json",
                        "{\"path\":\"s3a://b/1.png\",\"label\":7}",
                        "{\"path\":\"s3a://b/2.png\",\"label\":8}")
                    .toString());
    Path parquet = folder.resolve("dogs.parquet");
    table.write().parquet(parquet.toString());
    table.createOrReplaceTempView("dogs_of_the_session");

    List<Row> images = list("manifest", parquet).images().collectAsList();
    assertThat(images)
        .containsExactly(
            RowFactory.create(0, "s3a://b/1.png", 0, "7", null, null),
            RowFactory.create(1, "s3a://b/2.png", 1, "8", null, null));
    assertThat(list("manifest", "dogs_of_the_session").images().collectAsList()).isEqualTo(images);
  }

  @Test
  void whatCannotBeUsedIsAnErrorThatSaysWhy() throws IOException {
    Path csv =
        write("d.csv", "file,label,split", "1.png,pug,train", "2.png,,test", "3.png,cur,valid");
    assertError("it has no column path, only file, label, split; name it by --path-column", csv);
    assertError("the row 2.png, null, test has no label", csv, "path-column", "file");
    Path odd = write("odd.csv", "path,label,split", "1.png,pug,train", "3.png,cur,valid");
    assertError("its column split holds valid; it takes train, validation and test", odd);
    assertError("it has no rows", write("empty.csv", "path,label"));
    Path one = write("one.csv", "path,label", "1.png,pug", "2.png,pug");
    assertError("all its rows are of the class pug; a classifier needs two or more", one);
    assertThatThrownBy(() -> list("manifest", folder.resolve("no.csv")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read the manifest " + folder + "/no.csv: ")
        .hasMessageContaining("no.csv");
  }

  private void assertError(String why, Path manifest, String... more) {
    Object[] settings = new Object[2 + more.length];
    settings[0] = "manifest";
    settings[1] = manifest;
    System.arraycopy(more, 0, settings, 2, more.length);
    assertThatThrownBy(() -> list(settings))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot train on the manifest " + manifest + ": " + why);
  }

  private ImageSource.Listing list(Object... settings) {
    return ImageSource.list(
        LocalSpark.session(), ImageSettingsOf.of(settings), folder + "/unpacked");
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }
}
