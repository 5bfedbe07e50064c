package dev.kennel.averaging;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.storage.BlockManagerId;

/**
 * What a task tells that has averaged its part of the slices.
 *
 * @param fits of all workers, by number
 * @param owner the executor that has published the means
 * @param bytes that came from other processes
 * @param endMillis when it ended, by the clock of its machine
 */
record Averaged(List<Fitted> fits, BlockManagerId owner, long bytes, long endMillis)
    implements Serializable {}
