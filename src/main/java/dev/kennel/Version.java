package dev.kennel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of this program.
 *
 * @param number such as {@code 0.1.0}
 * @param commit of the sources, with {@code -dirty} if they were changed since; {@code unknown} if
 *     the build had no Git repository
 * @param dl4j of Deeplearning4j in it
 */
public record Version(String number, String commit, String dl4j) {

  /** What the build wrote into the jar. */
  public static Version current() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/kennel.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read kennel.properties from the jar", e);
    }
    String commit = properties.getProperty("commit");
    boolean isKnown = !commit.startsWith("$");
    boolean isDirty = properties.getProperty("dirty").equals("true");
    return new Version(
        properties.getProperty("version"),
        isKnown ? commit + (isDirty ? "-dirty" : "") : "unknown",
        properties.getProperty("dl4j"));
  }
}
