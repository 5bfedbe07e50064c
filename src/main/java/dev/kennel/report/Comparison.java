package dev.kennel.report;

import dev.kennel.config.UserError;
import dev.kennel.table.TableStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The networks of some runs side by side, repeated runs counted together, and every two of them
 * tested on the images that both predicted.
 *
 * @param candidates the most accurate first
 * @param pairs every two of the candidates, in their order, the more accurate as A; of more than
 *     eight, the best one with each of the others
 */
public record Comparison(List<Candidate> candidates, List<PairedTest> pairs) {

  /** With more candidates, only the best one is compared with all others. */
  private static final int EVERY_PAIR = 8;

  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparingDouble(Candidate::accuracy).reversed().thenComparing(Candidate::name);

  public Comparison {
    candidates = List.copyOf(candidates);
    pairs = List.copyOf(pairs);
  }

  /**
   * Compares the runs.
   *
   * <p>A run that has not finished is compared when it is named, as of the last complete epoch of
   * each network; a network without one is left out.
   *
   * @throws UserError if there is nothing to compare or a run is unknown
   */
  public static Comparison of(TableStore tables, Selection selection) {
    Runs runs = new Runs(tables);
    Map<String, Runs.Run> chosen = runs.choose(selection);
    // Side by side, since Spark plans each query with one thread.
    CompletableFuture<TestImages> reading =
        CompletableFuture.supplyAsync(() -> TestImages.of(tables, chosen.keySet()));
    List<NetworkResult> results = Queries.networks(tables, chosen);
    TestImages images = result(reading);
    for (Runs.Run run : chosen.values()) {
      if (!selection.isAll() && results.stream().noneMatch(r -> r.runId().equals(run.id()))) {
        throw runs.cannot(
            "run %s (%s) has no complete epoch yet; wait for one, or name another run"
                .formatted(run.id(), run.status()));
      }
    }
    if (results.isEmpty()) {
      throw runs.cannot("no run has a complete epoch yet; wait for one");
    }
    Map<Candidate, Outcomes> candidates = new LinkedHashMap<>();
    Setups.grouped(results, chosen)
        .forEach(
            (name, ofName) -> {
              Outcomes outcomes = images.outcomes(ofName);
              candidates.put(
                  new Candidate(
                      name,
                      ofName.get(0).network(),
                      ofName,
                      Optional.empty(),
                      images.calibration(ofName),
                      images.recalls(outcomes)),
                  outcomes);
            });
    return of(candidates, images);
  }

  /** Or what went wrong, as it was thrown. */
  private static <T> T result(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static Comparison of(Map<Candidate, Outcomes> outcomes, TestImages images) {
    List<Candidate> bestFirst = outcomes.keySet().stream().sorted(BEST_FIRST).toList();
    List<Pair> pairs = new ArrayList<>();
    for (int a = 0; a < (bestFirst.size() > EVERY_PAIR ? 1 : bestFirst.size()); a++) {
      for (int b = a + 1; b < bestFirst.size(); b++) {
        Outcomes ofA = outcomes.get(bestFirst.get(a));
        Outcomes ofB = outcomes.get(bestFirst.get(b));
        pairs.add(
            new Pair(
                bestFirst.get(a).name(),
                ofA.sharedWith(ofB),
                bestFirst.get(b).name(),
                ofB.sharedWith(ofA)));
      }
    }
    List<Outcomes> resampled = new ArrayList<>(outcomes.values());
    pairs.forEach(pair -> resampled.addAll(List.of(pair.ofA, pair.ofB)));
    resampled.removeIf(Outcomes::isEmpty);
    Bootstrap bootstrap = Bootstrap.of(resampled);
    return new Comparison(
        bestFirst.stream()
            .map(candidate -> withInterval(candidate, outcomes.get(candidate), bootstrap))
            .toList(),
        pairs.stream().map(pair -> pair.test(bootstrap, images)).toList());
  }

  private static Candidate withInterval(
      Candidate candidate, Outcomes outcomes, Bootstrap bootstrap) {
    return new Candidate(
        candidate.name(),
        candidate.network(),
        candidate.results(),
        outcomes.isEmpty() ? Optional.empty() : Optional.of(bootstrap.accuracy(outcomes)),
        candidate.calibration(),
        candidate.classes());
  }

  private record Pair(String a, Outcomes ofA, String b, Outcomes ofB) {
    PairedTest test(Bootstrap bootstrap, TestImages images) {
      Optional<Interval> interval =
          ofA.isEmpty() ? Optional.empty() : Optional.of(bootstrap.difference(ofA, ofB));
      return PairedTest.of(a, ofA, b, ofB, interval, images.gains(ofA, ofB));
    }
  }

  /** Which candidate is the best, by how much and how surely, as a sentence. */
  public String verdict() {
    return pairs.isEmpty()
        ? "%s is the only network, so there is no pair to test.".formatted(candidates.get(0).name())
        : pairs.get(0).verdict();
  }
}
