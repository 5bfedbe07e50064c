package dev.kennel.averaging;

import dev.kennel.averaging.SavedState.SavedSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Averaged states in files, a file a slice, which the executors write and read. */
public final class StateFiles {
  private StateFiles() {}

  /**
   * The file system of a path. The files of a state have checksums; Hadoop's local file system
   * would add files with its own.
   */
  public static FileSystem fileSystem(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof ChecksumFileSystem local ? local.getRawFileSystem() : files;
  }

  /**
   * Writes a network's averaged state into a folder.
   *
   * @param folder on any file system that Hadoop opens; must exist
   */
  public static SavedState save(JavaSparkContext spark, Replicated network, String folder) {
    int tasks = spark.defaultParallelism();
    SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    Map<Integer, SavedSlice> slices = new TreeMap<>();
    spark
        .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
        .flatMapToPair(task -> save(network, task, tasks, folder, hadoop).iterator())
        .collect()
        .forEach(slice -> slices.put(slice._1(), slice._2()));
    return new SavedState(network.state().version(), List.copyOf(slices.values()));
  }

  private static List<Tuple2<Integer, SavedSlice>> save(
      Replicated network, int task, int tasks, String folder, SerializableConfiguration hadoop)
      throws IOException {
    SliceFiles files = SliceFiles.in(folder, hadoop.value());
    Replica replica = Replicas.of(network).reading(network);
    List<Tuple2<Integer, SavedSlice>> saved = new ArrayList<>();
    for (int index : Slicing.every(tasks, task, replica.slicing().count())) {
      saved.add(new Tuple2<>(index, files.write(index, replica.slice(index))));
    }
    return saved;
  }

  /** What is wrong with the files of a saved state; empty: nothing. */
  public static List<String> damages(JavaSparkContext spark, String folder, SavedState saved) {
    SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    return spark
        .parallelize(saved.slices(), spark.defaultParallelism())
        .map(slice -> SliceFiles.in(folder, hadoop.value()).damage(slice))
        .filter(damage -> !damage.isEmpty())
        .collect();
  }
}
