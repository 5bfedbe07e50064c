package dev.kennel.averaging;

import java.nio.ByteBuffer;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Slices in Spark's block manager, where every process of the application finds them. They lie in
 * native memory, which Spark counts as off-heap and sends as it is; what does not fit in what Spark
 * may count there goes to disk. They are named as partitions of an RDD, so that one call of the
 * driver removes them everywhere. All machines of a cluster must share one byte order.
 */
final class Blocks {
  /** The number of no slices. */
  static final int NONE = -1;

  private static final ClassTag<Float> TAG = ClassTag$.MODULE$.apply(Float.class);

  /** The driver need not know: it tells every process to remove, and tasks tell where they are. */
  private static final boolean IS_MASTER_TOLD = false;

  private Blocks() {}

  /**
   * Publishes a slice from this process, in the place of one of the same name.
   *
   * @param slice native memory; if it has a cleaner, Spark calls that when the slice is removed
   */
  static void publish(int rdd, int index, ByteBuffer slice) {
    BlockManager blocks = blocks();
    removeHere(rdd, index); // of an earlier try
    RDDBlockId name = new RDDBlockId(rdd, index);
    ChunkedByteBuffer bytes = new ChunkedByteBuffer(slice);
    if (!blocks.putBytes(name, bytes, StorageLevel.OFF_HEAP(), IS_MASTER_TOLD, TAG)) {
      throw new IllegalStateException("Cannot publish " + name + ": Spark did not keep it");
    }
  }

  /** Removes a slice, if this process has it. */
  static void removeHere(int rdd, int index) {
    RDDBlockId name = new RDDBlockId(rdd, index);
    if (blocks().getStatus(name).isDefined()) {
      blocks().removeBlock(name, IS_MASTER_TOLD);
    }
  }

  /** Where this process publishes; {@link SliceReader} finds its slices there. */
  static BlockManagerId here() {
    return blocks().blockManagerId();
  }

  private static BlockManager blocks() {
    return SparkEnv.get().blockManager();
  }
}
