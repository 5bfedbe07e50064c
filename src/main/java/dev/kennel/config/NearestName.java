package dev.kennel.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what a user most likely meant by a name that does not exist. */
public final class NearestName {
  private NearestName() {}

  /** The known name with the fewest letters to change, if that is at most half of them. */
  public static Optional<String> of(String name, Collection<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance.apply(name, candidate)))
        .filter(best -> distance.apply(name, best) <= Math.max(best.length(), name.length()) / 2);
  }

  /** One line: {@code Unknown network resnet81: did you mean resnet18? Known are …}. */
  public static String message(String kind, String name, Collection<String> known) {
    String hint = of(name, known).map(best -> "did you mean " + best + "? ").orElse("");
    return "Unknown " + kind + " " + name + ": " + hint + "Known are " + String.join(", ", known);
  }
}
