package dev.kennel;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the scripts of {@code submit/} as a user does who has no Spark of their own. */
final class Script {
  record Outcome(int code, String out, String err) {}

  private Script() {}

  /** Runs a script to its end; {@code folder} is where its output is kept meanwhile. */
  static Outcome run(Path folder, String script, String... arguments)
      throws IOException, InterruptedException {
    return run(folder, Map.of(), script, arguments);
  }

  static Outcome run(
      Path folder, Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    File out = folder.resolve("out.txt").toFile();
    File err = folder.resolve("err.txt").toFile();
    ProcessBuilder builder = builder(script, arguments).redirectOutput(out).redirectError(err);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    int code = process.waitFor();
    return new Outcome(
        code,
        Files.readString(out.toPath(), StandardCharsets.UTF_8),
        Files.readString(err.toPath(), StandardCharsets.UTF_8));
  }

  /** A script that is yet to be started. */
  static ProcessBuilder builder(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("submit/" + script));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("SPARK_HOME", "HADOOP_CONF_DIR"));
    return builder;
  }
}
