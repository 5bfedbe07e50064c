package dev.kennel.shell;

import dev.kennel.config.NearestName;
import dev.kennel.config.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The queries of {@code conf/sql}, which answer what people ask of a run. Each begins with a
 * comment: the question, and below it how to read the answer.
 */
public final class ShippedQueries {

  private static final List<String> NAMES =
      List.of(
          "best-epoch",
          "both-wrong",
          "calibration",
          "confident-mistakes",
          "confused-classes",
          "convolution-gains",
          "different-settings",
          "hour-bought",
          "near-misses",
          "over-fitting",
          "real-difference",
          "rejected-images",
          "repeats",
          "speed-by-workers",
          "sweep-ranking",
          "where-time-goes");

  private ShippedQueries() {}

  static List<String> names() {
    return NAMES;
  }

  /** The question that a query answers: its first line. */
  static String question(String name) {
    return text(name).lines().findFirst().orElse("").replaceFirst("^-- ", "");
  }

  /**
   * The text of a file, or of a query that ships with Kennel.
   *
   * @param name a path, or a shipped query's bare name such as {@code confused-classes}
   * @throws UserError if there is neither
   */
  public static String read(String name) {
    Path file = Path.of(name);
    try {
      if (Files.isRegularFile(file)) {
        return Files.readString(file);
      }
    } catch (IOException e) {
      throw new UserError("Cannot read %s: %s".formatted(name, e), e);
    }
    if (NAMES.contains(name)) {
      return text(name);
    }
    throw new UserError(
        "Cannot run %s: there is no such file, nor a query of that name%s"
            .formatted(
                name,
                NearestName.of(name, NAMES)
                    .map(near -> ": did you mean " + near + "?")
                    .orElse("; there are " + NAMES.stream().collect(Collectors.joining(", ")))));
  }

  private static String text(String name) {
    String resource = "/conf/sql/" + name + ".sql";
    try (InputStream sql = ShippedQueries.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource + ": " + e.getMessage(), e);
    }
  }
}
