package dev.kennel.averaging;

import java.io.Serializable;
import org.apache.spark.storage.BlockManagerId;

/**
 * What a worker tells of its fit to those that average.
 *
 * @param worker counted from 0
 * @param examples its weight in the mean
 * @param slicing how its state is cut
 * @param seconds that the fit took
 * @param owner the executor that has published it
 * @param endMillis when it ended, by the clock of its machine
 */
record Fitted(
    int worker,
    long examples,
    Slicing slicing,
    double seconds,
    BlockManagerId owner,
    long endMillis)
    implements Serializable {}
