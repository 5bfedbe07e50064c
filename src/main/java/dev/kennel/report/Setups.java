package dev.kennel.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Tells which results repeat each other, and names those that do not by what they differ in. */
final class Setups {

  /** A network and what it was trained with. */
  private record Trained(String network, RunSetup setup) {}

  private Setups() {}

  /**
   * The results of repeated runs together, by the network's name and, where it was trained in
   * several ways, the settings that differ: {@code resnet18 (epochs 20)}. Runs keep their order.
   */
  static Map<String, List<NetworkResult>> grouped(
      List<NetworkResult> results, Map<String, Runs.Run> runs) {
    Map<Trained, List<NetworkResult>> groups = new LinkedHashMap<>();
    for (Runs.Run run : runs.values()) {
      for (NetworkResult result : results) {
        if (result.runId().equals(run.id())) {
          Trained trained = new Trained(result.network(), run.setup().of(result.network()));
          groups.computeIfAbsent(trained, of -> new ArrayList<>()).add(result);
        }
      }
    }
    Map<String, List<NetworkResult>> named = new LinkedHashMap<>();
    groups.forEach((trained, of) -> named.put(name(trained, groups.keySet()), of));
    return named;
  }

  private static String name(Trained trained, Collection<Trained> all) {
    List<RunSetup> others =
        all.stream()
            .filter(other -> other.network().equals(trained.network()))
            .map(Trained::setup)
            .toList();
    var names = new TreeSet<String>();
    others.forEach(setup -> names.addAll(setup.values().keySet()));
    String differences =
        names.stream()
            .filter(name -> others.stream().map(s -> s.value(name)).distinct().count() > 1)
            .map(
                name ->
                    name.replace("network." + trained.network() + ".", "")
                        + " "
                        + trained.setup().value(name))
            .collect(Collectors.joining(", "));
    return differences.isEmpty()
        ? trained.network()
        : "%s (%s)".formatted(trained.network(), differences);
  }
}
