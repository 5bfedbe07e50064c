package dev.kennel.notebook;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.config.UserError;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What tells Jupyter how to start the kernel: {@code kernels/kennel/kernel.json} in its data
 * folder.
 */
public final class KernelSpec {

  private static final String NAME = "kennel";

  private final Path folder;

  /**
   * @param data Jupyter's data folder, which need not exist
   */
  public KernelSpec(Path data) {
    this.folder = data.resolve("kernels").resolve(NAME);
  }

  /**
   * Jupyter's data folder of the user who has these variables: {@code JUPYTER_DATA_DIR}, or the
   * platform's own.
   */
  public static Path dataFolder(Map<String, String> environment, String system, Path home) {
    String named = environment.getOrDefault("JUPYTER_DATA_DIR", "");
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    if (system.startsWith("Mac")) {
      return home.resolve("Library").resolve("Jupyter");
    }
    if (system.startsWith("Windows")) {
      String roaming = environment.getOrDefault("APPDATA", "");
      return roaming.isEmpty() ? home.resolve(".jupyter/data") : Path.of(roaming, "jupyter");
    }
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    return (data.isEmpty() ? home.resolve(".local/share") : Path.of(data)).resolve("jupyter");
  }

  /** The folder that the description is in. */
  public Path folder() {
    return folder;
  }

  /**
   * Writes it, in the place of one that is there: the kernel starts as this process did, with its
   * Java, options and class path, from any working directory.
   *
   * @param program the main class, and the words that make it a kernel
   * @param settings Spark's, by name
   */
  public void install(List<String> program, Map<String, String> settings) {
    Map<String, Object> description = new LinkedHashMap<>();
    List<String> words = new ArrayList<>(command(settings));
    words.addAll(program);
    words.add("{connection_file}");
    description.put("argv", words);
    description.put("display_name", "Kennel (Spark SQL, Java)");
    description.put("language", "sql");
    description.put("interrupt_mode", "message");
    description.put("env", environment());
    try {
      Files.createDirectories(folder);
      new ObjectMapper()
          .writerWithDefaultPrettyPrinter()
          .writeValue(folder.resolve("kernel.json").toFile(), description);
    } catch (IOException e) {
      throw new UserError(
          "Cannot install the kernel in %s: %s; --prefix DIR names another place"
              .formatted(folder, e),
          e);
    }
  }

  /** Removes it; whether there was one. */
  public boolean uninstall() {
    try {
      boolean wasThere = Files.deleteIfExists(folder.resolve("kernel.json"));
      Files.deleteIfExists(folder);
      return wasThere;
    } catch (IOException e) {
      throw new UserError("Cannot remove the kernel from %s: %s".formatted(folder, e), e);
    }
  }

  private static List<String> command(Map<String, String> settings) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!option.startsWith("-agentlib") && !option.startsWith("-javaagent")) {
        words.add(option);
      }
    }
    words.add("-Dlog4j2.configurationFile=classpath:conf/log4j2.properties");
    new TreeMap<>(settings).forEach((name, value) -> words.add("-D%s=%s".formatted(name, value)));
    words.add("-cp");
    words.add(String.join(File.pathSeparator, classPath()));
    return words;
  }

  /** This process's, in which all jars of a folder are {@code folder/*}. */
  private static Set<String> classPath() {
    Set<String> known = new LinkedHashSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.isEmpty()) {
        known.add(Path.of(entry).toAbsolutePath().normalize().toString());
      }
    }
    known.add(JavaCells.codeLocation().toString()); // which spark-submit loads by itself
    Set<String> path = new LinkedHashSet<>();
    for (String entry : known) {
      Path file = Path.of(entry);
      path.add(
          entry.endsWith(".jar") && known.containsAll(jars(file.getParent()))
              ? file.resolveSibling("*").toString()
              : entry);
    }
    return path;
  }

  private static List<String> jars(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Path::toString).filter(file -> file.endsWith(".jar")).toList();
    } catch (IOException e) {
      throw new UserError("Cannot list %s: %s".formatted(folder, e), e);
    }
  }

  /** What Spark reads from the environment. */
  private static Map<String, String> environment() {
    Map<String, String> kept = new TreeMap<>();
    for (String name : List.of("SPARK_HOME", "SPARK_LOCAL_IP", "HADOOP_CONF_DIR")) {
      String value = System.getenv(name);
      if (value != null) {
        kept.put(name, value);
      }
    }
    return kept;
  }
}
