package dev.kennel.report;

import dev.kennel.table.Table;
import dev.kennel.table.TableStore;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/** The test images of some runs, and which of them each network of a run answered, and how. */
final class TestImages {

  /** The names of the classes in their order. */
  private final List<String> classes;

  /** The class of each image, by its place in {@link #classes}. */
  private final int[] labels;

  /** By run and network. */
  private final Map<List<String>, Answers> answers;

  private TestImages(Collection<String> classNames, Map<List<String>, Answers> answers) {
    this.classes = classNames.stream().distinct().sorted().toList();
    this.labels =
        classNames.stream().mapToInt(name -> Collections.binarySearch(classes, name)).toArray();
    this.answers = answers;
  }

  /**
   * The answers of one network of one run; image i is bit i.
   *
   * @param tested images that were answered
   * @param right those that were answered rightly
   * @param probabilities by bin of {@link Calibration}, the sum of the answers' probabilities
   * @param counts by bin, how many answers, and how many right ones
   */
  private record Answers(BitSet tested, BitSet right, double[] probabilities, long[][] counts)
      implements Serializable {
    Answers() {
      this(new BitSet(), new BitSet(), new double[Calibration.BINS], new long[Calibration.BINS][2]);
    }

    void add(int image, double probability, boolean isRight) {
      tested.set(image);
      right.set(image, isRight);
      int bin = Calibration.bin(probability) - 1;
      probabilities[bin] += probability;
      counts[bin][0]++;
      counts[bin][1] += isRight ? 1 : 0;
    }

    /** Adds the answers to other images, which have these numbers here. */
    void addAll(Answers other, int[] numbers) {
      other.tested.stream().forEach(image -> tested.set(numbers[image]));
      other.right.stream().forEach(image -> right.set(numbers[image]));
      for (int bin = 0; bin < Calibration.BINS; bin++) {
        probabilities[bin] += other.probabilities[bin];
        counts[bin][0] += other.counts[bin][0];
        counts[bin][1] += other.counts[bin][1];
      }
    }
  }

  /** The answers that one task reads; images have numbers of its own, in order of appearance. */
  private record Part(Map<String, String> classNames, Map<List<String>, Answers> answers)
      implements Serializable {

    /** Rows of {@link #of}. */
    static Iterator<Part> read(Iterator<Row> predictions) {
      Part part = new Part(new LinkedHashMap<>(), new HashMap<>());
      Map<String, Integer> numbers = new HashMap<>();
      predictions.forEachRemaining(
          row -> {
            Integer number = numbers.putIfAbsent(row.getString(2), numbers.size());
            if (number == null) {
              number = part.classNames.size();
              part.classNames.put(row.getString(2), row.getString(3));
            }
            part.answers
                .computeIfAbsent(
                    List.of(row.getString(0), row.getString(1)), network -> new Answers())
                .add(number, row.getDouble(4), row.getBoolean(5));
          });
      return List.of(part).iterator();
    }
  }

  /** Reads the last epoch's answers of every network of the runs. */
  static TestImages of(TableStore tables, Set<String> runs) {
    // One pass, without any shuffle, is several times as fast as SQL's join and sort.
    List<Part> parts =
        tables
            .read(Table.PREDICTIONS, runs)
            .where("split = 'test'")
            .selectExpr(
                "run_id", "network", "path", "class_name", "probability", "predicted_label = label")
            .javaRDD()
            .mapPartitions(Part::read)
            .collect();
    SortedMap<String, String> classNames = new TreeMap<>();
    parts.forEach(part -> part.classNames.forEach(classNames::putIfAbsent));
    List<String> paths = List.copyOf(classNames.keySet());
    Map<List<String>, Answers> answers = new HashMap<>();
    for (Part part : parts) {
      int[] numbers =
          part.classNames.keySet().stream()
              .mapToInt(path -> Collections.binarySearch(paths, path))
              .toArray();
      part.answers.forEach(
          (network, some) ->
              answers.computeIfAbsent(network, each -> new Answers()).addAll(some, numbers));
    }
    return new TestImages(classNames.values(), answers);
  }

  /** The answers of one network, all the runs together. */
  Outcomes outcomes(List<NetworkResult> results) {
    Outcomes sum = Outcomes.none(labels.length);
    for (NetworkResult result : results) {
      Answers of = answers.get(List.of(result.runId(), result.network()));
      if (of != null) {
        of.tested.stream().forEach(image -> sum.answers()[image]++);
        of.right.stream().forEach(image -> sum.right()[image]++);
      }
    }
    return sum;
  }

  /** The calibration of one network, all the runs together; empty without answers. */
  Optional<Calibration> calibration(List<NetworkResult> results) {
    List<Answers> ofRuns =
        results.stream()
            .map(result -> answers.get(List.of(result.runId(), result.network())))
            .filter(Objects::nonNull)
            .toList();
    List<Calibration.Bin> bins = new ArrayList<>();
    for (int i = 0; i < Calibration.BINS; i++) {
      int bin = i;
      long images = ofRuns.stream().mapToLong(of -> of.counts[bin][0]).sum();
      long right = ofRuns.stream().mapToLong(of -> of.counts[bin][1]).sum();
      double probability = ofRuns.stream().mapToDouble(of -> of.probabilities[bin]).sum();
      if (images > 0) {
        bins.add(new Calibration.Bin(i + 1, images, probability / images, (double) right / images));
      }
    }
    return bins.isEmpty() ? Optional.empty() : Optional.of(new Calibration(bins));
  }

  /** The recall of each class, by name. */
  List<ClassRecall> recalls(Outcomes outcomes) {
    long[][] counts = new long[classes.size()][3]; // images, right, answers
    for (int image = 0; image < labels.length; image++) {
      if (outcomes.has(image)) {
        long[] count = counts[labels[image]];
        count[0]++;
        count[1] += outcomes.right()[image];
        count[2] += outcomes.answers()[image];
      }
    }
    return IntStream.range(0, counts.length)
        .filter(label -> counts[label][0] > 0)
        .mapToObj(
            label ->
                new ClassRecall(
                    classes.get(label),
                    counts[label][0],
                    (double) counts[label][1] / counts[label][2]))
        .toList();
  }

  /** The recalls of two networks side by side, both of the same images; the greatest gain first. */
  List<ClassGain> gains(Outcomes a, Outcomes b) {
    Map<String, ClassRecall> ofB = new LinkedHashMap<>();
    recalls(b).forEach(recall -> ofB.put(recall.className(), recall));
    return recalls(a).stream()
        .map(
            recall ->
                new ClassGain(
                    recall.className(),
                    recall.images(),
                    recall.recall(),
                    ofB.get(recall.className()).recall()))
        .sorted(
            Comparator.comparingDouble(ClassGain::gain)
                .reversed()
                .thenComparing(ClassGain::className))
        .toList();
  }
}
