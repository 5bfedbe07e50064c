package dev.kennel.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A search over settings by successive halving (Jamieson and Talwalkar 2016): all candidates are
 * trained for few epochs, the best of them anew for more, and so on. Made by {@link SweepLoader}.
 *
 * @param name what its runs are called
 * @param output the folder of its runs
 * @param factor of the candidates of a round, one of so many goes on, and one at least
 * @param epochs of a training in each round, rising
 * @param measure what candidates are ranked by
 * @param told how many candidates the file tells
 * @param candidates those of each network, which is ranked by itself: of candidates that are the
 *     same for it, the first
 */
public record SweepPlan(
    String name,
    String output,
    int factor,
    List<Integer> epochs,
    SweepMeasure measure,
    int told,
    Map<String, List<SweepCandidate>> candidates) {

  public SweepPlan {
    epochs = List.copyOf(epochs);
  }

  /** So many epochs, in words: {@code 1 epoch}. */
  public static String count(int epochs) {
    return epochs + (epochs == 1 ? " epoch" : " epochs");
  }

  /** What the winner is trained for. */
  public int lastEpochs() {
    return epochs.get(epochs.size() - 1);
  }

  /** What a candidate is trained for in a round, counted from 0: a share of its own last epochs. */
  public int epochs(SweepCandidate candidate, int round) {
    return (int)
        Math.max(1, Math.round((double) candidate.lastEpochs() * epochs.get(round) / lastEpochs()));
  }

  /** How many candidates go on, of so many. */
  public int kept(int candidates) {
    return Math.max(1, candidates / factor);
  }

  /**
   * How many candidates of a network are trained in each round, if none diverges. When there is one
   * left, it is trained in the last round at once.
   */
  public List<Integer> trainings(String network) {
    List<Integer> trainings = new ArrayList<>();
    int left = candidates.get(network).size();
    for (int round = 0; round < epochs.size(); round++) {
      boolean isTrained = left > 1 || round == epochs.size() - 1;
      trainings.add(isTrained ? left : 0);
      left = kept(left);
    }
    return trainings;
  }

  /** How many trainings of all networks there are, if none diverges. */
  public int trainings() {
    return candidates.keySet().stream()
        .flatMap(network -> trainings(network).stream())
        .mapToInt(Integer::intValue)
        .sum();
  }

  /** How many epochs they have together; at most, where candidates have epochs of their own. */
  public long mostEpochs() {
    long all = 0;
    for (String network : candidates.keySet()) {
      List<Integer> trainings = trainings(network);
      for (int round = 0; round < epochs.size(); round++) {
        int of = round;
        all +=
            candidates.get(network).stream()
                .map(candidate -> epochs(candidate, of))
                .sorted(Comparator.reverseOrder())
                .limit(trainings.get(round))
                .mapToLong(Integer::longValue)
                .sum();
      }
    }
    return all;
  }

  /** Whether all candidates are trained for the epochs of the round. */
  public boolean areEpochsEqual() {
    return candidates.values().stream()
        .flatMap(List::stream)
        .allMatch(of -> of.lastEpochs() == lastEpochs());
  }

  /**
   * Rounds until there is one candidate: the last one trains those of which the best is the winner.
   *
   * @param candidates in the first round
   * @param most epochs of the last round; the first one has one at least
   */
  static int rounds(int candidates, int factor, int most) {
    int rounds = 1;
    double reach = factor; // candidates that the rounds so far can decide between
    double least = (double) most / factor; // epochs of the first round, were there one more
    while (reach < candidates && least >= 1) {
      rounds++;
      reach *= factor;
      least /= factor;
    }
    return rounds;
  }

  /** The epochs of each of so many rounds: of each, a factor-th of those of the next. */
  static List<Integer> epochs(int rounds, int factor, int most) {
    List<Integer> epochs = new ArrayList<>();
    for (int round = rounds - 1; round >= 0; round--) {
      epochs.add((int) Math.round(most / Math.pow(factor, round)));
    }
    return epochs;
  }
}
