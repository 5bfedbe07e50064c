package dev.kennel.model;

import dev.kennel.dataset.Square;
import dev.kennel.evaluation.Probabilities;
import dev.kennel.onednn.Arithmetic;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.deeplearning4j.nn.graph.ComputationGraph;
import scala.collection.JavaConverters;

/**
 * A model that the tasks of an application predict with, wherever they run: Spark takes the file of
 * its parameters to each executor that asks for it, once.
 *
 * @param sha256 of its parameters
 * @param file their name among Spark's files
 * @param threads of one task's arithmetic
 */
record DistributedModel(ModelDescription description, String sha256, String file, int threads)
    implements Serializable {
  /**
   * Images of a batch. More are not faster, and with one task a core, activations count: those of
   * ResNet18 at 224 pixels take 10 MB an image.
   */
  private static final int BATCH = 32;

  static DistributedModel of(SparkContext spark, ModelFolder folder) {
    String name = "kennel-model-" + folder.sha256() + ".safetensors";
    boolean isThere =
        JavaConverters.seqAsJavaList(spark.listFiles()).stream()
            .anyMatch(uri -> uri.endsWith("/" + name));
    if (!isThere) {
      spark.addFile(named(folder, name).toUri().toString());
    }
    int threads = spark.getConf().getInt("spark.task.cpus", 1);
    return new DistributedModel(folder.description(), folder.sha256(), name, threads);
  }

  /** The weights under a name of their own, as Spark keeps all files in one folder. */
  private static Path named(ModelFolder folder, String name) {
    try {
      Path parent = Files.createTempDirectory("kennel-");
      parent.toFile().deleteOnExit();
      Path link = Files.createSymbolicLink(parent.resolve(name), folder.weights());
      link.toFile().deleteOnExit();
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot hand a model to Spark: " + e.getMessage(), e);
    }
  }

  /**
   * Called in a task: predicts for each item, in their order, and reads them as it goes.
   *
   * @param read takes the image of an item
   */
  <T> Iterator<Predicted<T>> predict(Iterator<T> items, Function<T, Square> read) {
    if (!items.hasNext()) {
      return Collections.emptyIterator();
    }
    Arithmetic.chooseBinary();
    Arithmetic.useThreads(threads);
    ComputationGraph network;
    try {
      network = LoadedModel.take(description, sha256, Path.of(SparkFiles.get(file)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot load the model: " + e.getMessage(), e);
    }
    TaskCompletionListener end = context -> LoadedModel.giveBack(sha256, network);
    TaskContext.get().addTaskCompletionListener(end);
    return new Batches<>(items, read, network);
  }

  private final class Batches<T> implements Iterator<Predicted<T>> {
    private final Iterator<T> items;
    private final Function<T, Square> read;
    private final ComputationGraph network;
    private final Queue<Predicted<T>> ready = new ArrayDeque<>();

    Batches(Iterator<T> items, Function<T, Square> read, ComputationGraph network) {
      this.items = items;
      this.read = read;
      this.network = network;
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || items.hasNext();
    }

    @Override
    public Predicted<T> next() {
      if (ready.isEmpty()) {
        predict();
      }
      if (ready.isEmpty()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void predict() {
      List<T> batch = new ArrayList<>(BATCH);
      List<Square> squares = new ArrayList<>(BATCH);
      List<byte[]> pixels = new ArrayList<>(BATCH);
      while (pixels.size() < BATCH && batch.size() < 2 * BATCH && items.hasNext()) {
        T item = items.next();
        Square square = read.apply(item);
        batch.add(item);
        squares.add(square);
        square.pixels().ifPresent(pixels::add);
      }
      float[] all =
          pixels.isEmpty()
              ? new float[0]
              : Probabilities.of(network, description.imageSize(), description.testFlip(), pixels);
      int classes = description.classes();
      int at = 0;
      for (int i = 0; i < batch.size(); i++) {
        Optional<float[]> probabilities = Optional.empty();
        if (squares.get(i).pixels().isPresent()) {
          probabilities = Optional.of(Arrays.copyOfRange(all, at, at + classes));
          at += classes;
        }
        ready.add(new Predicted<>(batch.get(i), squares.get(i), probabilities));
      }
    }
  }
}
