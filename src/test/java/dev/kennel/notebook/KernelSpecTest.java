package dev.kennel.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.config.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSpecTest {
  private static final Path HOME = Path.of("/home/ann");

  @TempDir private Path folder;

  @Test
  void jupytersFolderIsThatOfThePlatformUnlessAVariableNamesIt() {
    assertThat(KernelSpec.dataFolder(Map.of(), "Linux", HOME))
        .isEqualTo(Path.of("/home/ann/.local/share/jupyter"));
    assertThat(KernelSpec.dataFolder(Map.of("XDG_DATA_HOME", "/data"), "Linux", HOME))
        .isEqualTo(Path.of("/data/jupyter"));
    assertThat(KernelSpec.dataFolder(Map.of("XDG_DATA_HOME", "/data"), "Mac OS X", HOME))
        .isEqualTo(Path.of("/home/ann/Library/Jupyter"));
    assertThat(KernelSpec.dataFolder(Map.of("JUPYTER_DATA_DIR", "/j"), "Mac OS X", HOME))
        .isEqualTo(Path.of("/j"));
  }

  @Test
  void theKernelStartsAsThisProcessDidFromAnyFolder() throws IOException {
    KernelSpec kernel = new KernelSpec(folder.resolve("new"));
    kernel.install(List.of("dev.kennel.Kennel", "go"), Map.of("spark.master", "local[2]"));

    JsonNode description = description(kernel);
    assertThat(description.get("language").asText()).isEqualTo("sql");
    assertThat(description.get("interrupt_mode").asText()).isEqualTo("message");
    List<String> words = new ArrayList<>();
    description.get("argv").forEach(word -> words.add(word.asText()));
    assertThat(Path.of(words.get(0))).isAbsolute().isExecutable();
    assertThat(words)
        .contains("-Dspark.master=local[2]")
        .endsWith("dev.kennel.Kennel", "go", "{connection_file}");
    String classPath = words.get(words.indexOf("-cp") + 1);
    assertThat(classPath.split(":")).allMatch(entry -> Path.of(entry).isAbsolute());
    assertThat(classPath).contains(JavaCells.codeLocation().toString());
  }

  @Test
  void installingAnewReplacesAndUninstallingLeavesNothing() throws IOException {
    KernelSpec kernel = new KernelSpec(folder);
    assertThat(kernel.uninstall()).isFalse();
    kernel.install(List.of("one"), Map.of());
    kernel.install(List.of("two"), Map.of());
    assertThat(description(kernel).get("argv").toString()).contains("two").doesNotContain("one\"");
    assertThat(kernel.uninstall()).isTrue();
    assertThat(kernel.folder()).doesNotExist();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedWithAWayOut() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> new KernelSpec(file).install(List.of(), Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot install the kernel in " + file)
        .hasMessageContaining("--prefix DIR");
  }

  private static JsonNode description(KernelSpec kernel) throws IOException {
    return new ObjectMapper().readTree(kernel.folder().resolve("kernel.json").toFile());
  }
}
