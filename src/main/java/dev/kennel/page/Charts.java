package dev.kennel.page;

import dev.kennel.page.ChartData.Bin;
import dev.kennel.page.ChartData.Confusion;
import dev.kennel.page.ChartData.Cost;
import dev.kennel.page.ChartData.Point;
import dev.kennel.page.ChartData.Recall;
import dev.kennel.report.Candidate;
import dev.kennel.report.Interval;
import dev.kennel.report.NetworkResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/** Brings the figures of a comparison into the form that the page's charts take. */
final class Charts {
  private final List<Candidate> candidates;
  private final Map<String, Integer> positions = new TreeMap<>();

  private Charts(List<Candidate> candidates) {
    this.candidates = candidates;
  }

  /**
   * The charts' data.
   *
   * @param best the candidates, one or two, whose classes are shown; none without predictions
   * @param curve rows of {@link PageTables#curve}
   * @param confusion rows of {@link PageTables#confusion}, of each of the best
   */
  static ChartData of(
      List<Candidate> candidates, List<Integer> best, List<Row> curve, List<List<Row>> confusion) {
    Charts charts = new Charts(candidates);
    List<long[][]> counts = charts.counts(confusion);
    List<Integer> order = charts.order(counts);
    List<String> names = List.copyOf(charts.positions.keySet());
    return new ChartData(
        candidates.stream().map(Candidate::name).toList(),
        order.stream().map(names::get).toList(),
        charts.points(curve),
        IntStream.range(0, candidates.size()).mapToObj(charts::cost).toList(),
        IntStream.range(0, counts.size())
            .mapToObj(i -> confusion(best.get(i), counts.get(i), order))
            .toList(),
        recall(counts, order),
        charts.bins());
  }

  /** Line by line; networks that are not compared have none. */
  private List<Point> points(List<Row> curve) {
    Map<List<String>, Integer> positions = new HashMap<>();
    for (int i = 0; i < candidates.size(); i++) {
      for (NetworkResult result : candidates.get(i).results()) {
        positions.put(List.of(result.runId(), result.network()), i);
      }
    }
    return curve.stream()
        .filter(row -> positions.containsKey(List.of(row.getString(0), row.getString(1))))
        .map(
            row ->
                new Point(
                    positions.get(List.of(row.getString(0), row.getString(1))),
                    row.getString(0),
                    row.getInt(2),
                    row.getString(3),
                    ChartData.finite(row.getDouble(4)),
                    ChartData.finite(row.getDouble(5))))
        .sorted(
            Comparator.comparing(Point::candidate)
                .thenComparing(Point::run)
                .thenComparing(Point::split)
                .thenComparing(Point::epoch))
        .toList();
  }

  private Cost cost(int position) {
    Candidate candidate = candidates.get(position);
    var parameters = candidate.cost().parameters();
    return new Cost(
        position,
        ChartData.finite(candidate.cost().trainSeconds()),
        parameters.isPresent() ? parameters.getAsLong() : null,
        candidate.accuracy(),
        candidate.accuracyInterval().map(Interval::lower).orElse(null),
        candidate.accuracyInterval().map(Interval::upper).orElse(null));
  }

  /** Of each of the best candidates, its images by actual and predicted class. */
  private List<long[][]> counts(List<List<Row>> confusion) {
    for (List<Row> rows : confusion) {
      for (Row row : rows) {
        positions.put(row.getString(0), 0);
        positions.put(row.getString(1), 0);
      }
    }
    int next = 0;
    for (Map.Entry<String, Integer> position : positions.entrySet()) {
      position.setValue(next++);
    }
    List<long[][]> counts = new ArrayList<>();
    for (List<Row> rows : confusion) {
      long[][] ofCandidate = new long[next][next];
      for (Row row : rows) {
        int actual = positions.get(row.getString(0));
        ofCandidate[actual][positions.get(row.getString(1))] += row.getLong(2);
      }
      counts.add(ofCandidate);
    }
    return counts;
  }

  private List<Integer> order(List<long[][]> counts) {
    int classes = positions.size();
    double[][] shares = new double[classes][classes];
    for (long[][] count : counts) {
      for (int actual = 0; actual < classes; actual++) {
        long images = Math.max(1, Arrays.stream(count[actual]).sum());
        for (int predicted = 0; predicted < classes; predicted++) {
          shares[actual][predicted] += (double) count[actual][predicted] / images;
        }
      }
    }
    return ClassOrder.of(shares);
  }

  private static Confusion confusion(int candidate, long[][] counts, List<Integer> order) {
    List<Long> images = new ArrayList<>();
    List<List<Long>> cells = new ArrayList<>();
    for (int actual = 0; actual < order.size(); actual++) {
      long[] row = counts[order.get(actual)];
      images.add(Arrays.stream(row).sum());
      for (int predicted = 0; predicted < order.size(); predicted++) {
        long count = row[order.get(predicted)];
        if (count > 0) {
          cells.add(List.of((long) actual, (long) predicted, count));
        }
      }
    }
    return new Confusion(candidate, images, cells);
  }

  private static List<Recall> recall(List<long[][]> counts, List<Integer> order) {
    List<Recall> recalls = new ArrayList<>();
    for (int position = 0; position < order.size(); position++) {
      int label = order.get(position);
      List<Double> ofCandidates = new ArrayList<>();
      for (long[][] count : counts) {
        long images = Arrays.stream(count[label]).sum();
        ofCandidates.add(ChartData.finite((double) count[label][label] / images));
      }
      recalls.add(new Recall(position, Collections.unmodifiableList(ofCandidates)));
    }
    recalls.sort(Comparator.comparingDouble(Charts::gain).reversed());
    return recalls;
  }

  /** How much more often the first finds the class; of a single candidate, how often. */
  private static double gain(Recall recall) {
    List<Double> of = recall.recalls().stream().map(r -> r == null ? 0 : r).toList();
    return of.size() == 2 ? of.get(0) - of.get(1) : of.get(0);
  }

  private List<Bin> bins() {
    return IntStream.range(0, candidates.size())
        .boxed()
        .flatMap(
            i ->
                candidates.get(i).calibration().stream()
                    .flatMap(calibration -> calibration.bins().stream())
                    .map(
                        bin ->
                            new Bin(
                                i,
                                bin.lower(),
                                bin.upper(),
                                bin.images(),
                                bin.meanProbability(),
                                bin.accuracy())))
        .collect(Collectors.toList());
  }
}
