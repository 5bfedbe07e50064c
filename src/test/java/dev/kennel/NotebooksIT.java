package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kennel.Script.Outcome;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The notebooks as a user runs them: the kernel installed by {@code kennel jupyter install}, cells
 * executed by Jupyter. Skipped where there is no {@code jupyter-nbconvert}; in continuous
 * integration that is a failure.
 */
class NotebooksIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;

  @BeforeAll
  static void install() throws Exception {
    boolean isThere =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "jupyter-nbconvert")));
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(isThere)
          .as("there is no jupyter-nbconvert (on Debian: apt-get install jupyter-nbconvert)")
          .isTrue();
    }
    assertThat(isThere).as("there is a jupyter-nbconvert").isTrue();

    Outcome installed =
        Script.run(folder, jupyter(), "local.sh", "--master", "local[2]", "jupyter", "install");
    assertThat(installed.code()).as(installed.err()).isZero();
    assertThat(installed.out())
        .startsWith("Installed the kernel Kennel in " + folder.resolve("kernels"))
        .contains("jupyter notebook notebooks");
  }

  private static Map<String, String> jupyter() {
    return Map.of("JUPYTER_DATA_DIR", folder.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"01-look-at-the-data", "02-learning-curves", "03-compare-networks"})
  void aNotebookGivesTheOutputsThatItWasCommittedWith(String name) throws Exception {
    Path notebook = Path.of("notebooks", name + ".ipynb");
    List<JsonNode> committed = outputs(notebook);
    assertThat(committed).isNotEmpty();

    List<JsonNode> executed = outputs(execute(notebook));
    assertThat(executed).hasSameSizeAs(committed);
    for (int i = 0; i < committed.size(); i++) {
      assertThat(executed.get(i).toPrettyString())
          .as("output %d of %s", i + 1, notebook)
          .isEqualTo(committed.get(i).toPrettyString());
    }
  }

  @Test
  void sparksTasksRunJavaOfACellAndAMistakeDoesNotEndTheKernel() throws Exception {
    Path notebook =
        write(
            "select nothing",
            """
            %%java
            import org.apache.spark.api.java.function.FilterFunction;
            System.out.print("counted ");
            int three = 3;
            spark.range(10).filter((FilterFunction<Long>) n -> n % three == 0).count()
            """);
    List<JsonNode> outputs = outputs(execute(notebook, "--allow-errors"));
    assertThat(outputs).hasSize(3); // nothing of Spark's log among them
    assertThat(outputs.get(0).get("output_type").asText()).isEqualTo("error");
    assertThat(outputs.get(0).get("evalue").asText()).contains("nothing");
    assertThat(outputs.get(1).get("text").toString()).contains("counted ");
    assertThat(outputs.get(2).at("/data/text~1plain").toString()).contains("4");
  }

  /** A notebook of these cells. */
  private static Path write(String... cells) throws IOException {
    ObjectNode notebook = JSON.createObjectNode().put("nbformat", 4).put("nbformat_minor", 5);
    ObjectNode kernel = notebook.putObject("metadata").putObject("kernelspec");
    kernel.put("name", "kennel").put("display_name", "Kennel").put("language", "sql");
    for (int i = 0; i < cells.length; i++) {
      ObjectNode cell = notebook.withArray("cells").addObject();
      cell.put("id", "cell-" + i).put("cell_type", "code").put("source", cells[i]);
      cell.putNull("execution_count").putObject("metadata");
      cell.putArray("outputs");
    }
    Path file = folder.resolve("cells.ipynb");
    JSON.writeValue(file.toFile(), notebook);
    return file;
  }

  /** The notebook that Jupyter makes of it, with outputs. */
  private static Path execute(Path notebook, String... options) throws Exception {
    Path out = folder.resolve("executed");
    Path log = folder.resolve("nbconvert.txt");
    List<String> command =
        new ArrayList<>(
            List.of("jupyter-nbconvert", "--to", "notebook", "--execute", "--output-dir"));
    command.addAll(List.of(out.toString(), notebook.toString()));
    command.addAll(Arrays.asList(options));
    ProcessBuilder jupyter =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    jupyter.environment().putAll(jupyter());
    // A kernel lives for seconds here, in which the second compiler earns nothing.
    jupyter.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
    Process process = jupyter.start();
    process.getOutputStream().close();
    assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    return out.resolve(notebook.getFileName());
  }

  private static List<JsonNode> outputs(Path notebook) throws IOException {
    List<JsonNode> outputs = new ArrayList<>();
    for (JsonNode cell : JSON.readTree(notebook.toFile()).get("cells")) {
      for (JsonNode output : cell.path("outputs")) {
        if (output.path("data") instanceof ObjectNode data && data.has("image/png")) {
          // Compressed differently by different builds of Java.
          data.put("image/png", pixels(data.get("image/png").asText()));
        }
        outputs.add(output);
      }
    }
    return outputs;
  }

  private static String pixels(String base64) throws IOException {
    byte[] png = Base64.getMimeDecoder().decode(base64);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    int width = image.getWidth();
    int[] pixels = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    return "%d pixels a row: %s".formatted(width, Arrays.toString(pixels));
  }
}
