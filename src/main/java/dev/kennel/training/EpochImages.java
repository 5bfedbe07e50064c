package dev.kennel.training;

import dev.kennel.averaging.PlacedRdd;
import dev.kennel.dataset.PreparedImage;
import java.io.Serializable;
import java.util.Comparator;
import java.util.SplittableRandom;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import scala.Tuple2;
import scala.math.Ordering$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * The training images, each epoch in another order, dealt out to rounds and workers by one shuffle
 * of Spark's: what a worker needs lies on the executors' disks, in its order, however many images
 * there are. The order depends on the seed and the epoch alone.
 */
public final class EpochImages implements AutoCloseable {
  private final JavaRDD<PreparedImage> images;
  private final BatchPlan plan;
  private final long seed;
  private JavaPairRDD<Integer, PreparedImage> shuffled;
  private int epoch; // that is shuffled; 0: none

  /**
   * For one training.
   *
   * @param images all of them, with indices from 0
   */
  public EpochImages(JavaRDD<PreparedImage> images, BatchPlan plan, long seed) {
    this.images = images;
    this.plan = plan;
    this.seed = seed;
  }

  /**
   * The images of a round: in partition w those of worker w, in the order of its batches. The first
   * round of an epoch to be computed shuffles, for all of them.
   *
   * @param of the epoch, counted from 1
   * @param round counted from 0
   */
  public JavaRDD<PreparedImage> round(int of, int round) {
    if (of != epoch) {
      close();
      shuffled = shuffle(of);
      epoch = of;
    }
    int first = round * plan.workers();
    RDD<Tuple2<Integer, PreparedImage>> partitions =
        PartitionPruningRDD.create(shuffled.rdd(), new Range(first, first + plan.workers()));
    return PlacedRdd.spread(partitions, shuffled.classTag()).toJavaRDD().map(Tuple2::_2);
  }

  private JavaPairRDD<Integer, PreparedImage> shuffle(int of) {
    Permutation order = order(plan.images(), seed, of);
    JavaPairRDD<Integer, PreparedImage> placed =
        images.mapToPair(image -> new Tuple2<>(order.place(image.index()), image));
    ClassTag<Integer> place = ClassTag$.MODULE$.apply(Integer.class);
    ClassTag<PreparedImage> image = ClassTag$.MODULE$.apply(PreparedImage.class);
    RDD<Tuple2<Integer, PreparedImage>> dealt =
        new ShuffledRDD<>(placed.rdd(), new Dealer(plan, of), place, image, image)
            .setKeyOrdering(
                Ordering$.MODULE$.comparatorToOrdering(Comparator.<Integer>naturalOrder()))
            .setSerializer(new ImageSerializer());
    return JavaPairRDD.fromRDD(dealt, place, image);
  }

  /** The order of an epoch. */
  static Permutation order(int images, long seed, int epoch) {
    return new Permutation(images, new SplittableRandom(seed ^ ~((long) epoch << 32)).nextLong());
  }

  /** Lets go what is shuffled; Spark itself would wait for the driver's garbage collector. */
  @Override
  public void close() {
    if (shuffled != null) {
      shuffled.rdd().cleanShuffleDependencies(false);
      shuffled = null;
      epoch = 0;
    }
  }

  /** Sends a place of the order to the partition of its round and worker. */
  private static final class Dealer extends Partitioner {
    private static final long serialVersionUID = 1;

    private final BatchPlan plan;
    private final int epoch;

    Dealer(BatchPlan plan, int epoch) {
      this.plan = plan;
      this.epoch = epoch;
    }

    @Override
    public int numPartitions() {
      return plan.rounds(epoch) * plan.workers();
    }

    @Override
    public int getPartition(Object key) {
      int place = (Integer) key;
      return plan.round(epoch, plan.step(place)) * plan.workers() + plan.worker(place);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Dealer dealer && dealer.plan.equals(plan) && dealer.epoch == epoch;
    }

    @Override
    public int hashCode() {
      return 31 * plan.hashCode() + epoch;
    }
  }

  /** Partitions that follow each other. */
  private static final class Range extends AbstractFunction1<Object, Object>
      implements Serializable {
    private static final long serialVersionUID = 1;

    private final int begin;
    private final int end;

    Range(int begin, int end) {
      this.begin = begin;
      this.end = end;
    }

    @Override
    public Object apply(Object partition) {
      int index = (Integer) partition;
      return index >= begin && index < end;
    }
  }
}
