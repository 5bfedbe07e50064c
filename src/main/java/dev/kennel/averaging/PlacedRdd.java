package dev.kennel.averaging;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.ExecutorCacheTaskLocation;
import org.apache.spark.storage.BlockManagerId;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag;

/** Another RDD, whose partitions have executors that they had best be computed on. */
public final class PlacedRdd<T> extends RDD<T> {
  private static final long serialVersionUID = 1;

  private final transient List<BlockManagerId> places;

  /**
   * The partitions of {@code of} at their places.
   *
   * @param places by partition; none, where it does not matter
   */
  PlacedRdd(RDD<T> of, List<BlockManagerId> places, ClassTag<T> tag) {
    super(of, tag);
    this.places = places;
  }

  /**
   * The partitions shared out evenly among the executors that are there, always in the same way.
   */
  public static <T> PlacedRdd<T> spread(RDD<T> of, ClassTag<T> tag) {
    List<BlockManagerId> executors = executors(of.context());
    int partitions = executors.isEmpty() ? 0 : of.getNumPartitions();
    return new PlacedRdd<>(
        of,
        IntStream.range(0, partitions)
            .mapToObj(partition -> executors.get(partition % executors.size()))
            .toList(),
        tag);
  }

  /** The executors, by id; in local mode there are none beside the driver. */
  private static List<BlockManagerId> executors(SparkContext spark) {
    Set<BlockManagerId> all =
        JavaConverters.mapAsJavaMap(spark.env().blockManager().master().getMemoryStatus()).keySet();
    return all.stream()
        .filter(id -> !id.isDriver())
        .sorted(Comparator.comparing(BlockManagerId::executorId))
        .toList();
  }

  @Override
  public Partition[] getPartitions() {
    return firstParent(elementClassTag()).partitions();
  }

  @Override
  @SuppressWarnings("unchecked") // the parent is of the same type
  public Iterator<T> compute(Partition partition, TaskContext context) {
    return (Iterator<T>) firstParent(elementClassTag()).iterator(partition, context);
  }

  @Override
  public Seq<String> getPreferredLocations(Partition partition) {
    List<String> preferred =
        places.isEmpty() ? List.of() : List.of(location(places.get(partition.index())));
    return JavaConverters.asScalaBuffer(preferred).toSeq();
  }

  private static String location(BlockManagerId place) {
    return new ExecutorCacheTaskLocation(place.host(), place.executorId()).toString();
  }
}
