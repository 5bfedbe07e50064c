package dev.kennel.report;

import dev.kennel.config.UserError;
import dev.kennel.table.TableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The networks of some runs side by side, and every two networks of one run tested on the images
 * that both predicted.
 *
 * @param networks run by run in the order they were asked for, the most accurate first
 * @param pairs every two networks of a run, in the order of {@code networks}
 */
public record Comparison(List<NetworkResult> networks, List<PairedTest> pairs) {

  public Comparison {
    networks = List.copyOf(networks);
    pairs = List.copyOf(pairs);
  }

  /**
   * Compares the runs; without ids, the newest finished one.
   *
   * <p>A run that has not finished is compared when it is named, as of the last complete epoch of
   * each network; a network without one is left out.
   *
   * @throws UserError if there is nothing to compare or a run is unknown
   */
  public static Comparison of(TableStore tables, List<String> runIds) {
    Map<String, String> statuses = new Runs(tables).choose(runIds);
    Map<String, List<NetworkResult>> networksByRun = Queries.networks(tables, statuses);
    Map<List<String>, PairedTest> tests = Queries.pairedTests(tables, statuses.keySet());
    List<NetworkResult> networks = new ArrayList<>();
    List<PairedTest> pairs = new ArrayList<>();
    for (String run : statuses.keySet()) {
      List<NetworkResult> ofRun = networksByRun.getOrDefault(run, List.of());
      if (ofRun.isEmpty()) {
        throw new UserError(
            ("Cannot compare runs in %s: run %s (%s) has no complete epoch yet; wait for one, or"
                    + " name another run")
                .formatted(tables.output(), run, statuses.get(run)));
      }
      networks.addAll(ofRun);
      for (int a = 0; a < ofRun.size(); a++) {
        for (int b = a + 1; b < ofRun.size(); b++) {
          pairs.add(pair(tests, run, ofRun.get(a).network(), ofRun.get(b).network()));
        }
      }
    }
    return new Comparison(networks, pairs);
  }

  private static PairedTest pair(
      Map<List<String>, PairedTest> tests, String run, String networkA, String networkB) {
    PairedTest exchanged = tests.get(List.of(run, networkB, networkA));
    return exchanged != null
        ? exchanged.swapped()
        : tests.getOrDefault(
            List.of(run, networkA, networkB), new PairedTest(run, networkA, networkB, 0, 0, 0, 0));
  }
}
