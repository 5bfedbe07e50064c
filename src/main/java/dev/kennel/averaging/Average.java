package dev.kennel.averaging;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.unsafe.Platform;
import scala.Tuple2;

/**
 * Averages those slices whose index leaves the task's own when divided by their number. Each mean
 * takes the place of the one before, if that was here, so that they are never there twice.
 */
record Average(int workers, int averagers, int published, int means, int outdated)
    implements Function2<Integer, Iterator<Tuple2<Integer, Fitted>>, Iterator<Averaged>>,
        Serializable {
  @Override
  public Iterator<Averaged> call(Integer averager, Iterator<Tuple2<Integer, Fitted>> told) {
    List<Fitted> fits = new ArrayList<>();
    told.forEachRemaining(pair -> fits.add(pair._2()));
    fits.sort(Comparator.comparingInt(Fitted::worker));
    float[] weights = Fitted.weights(fits, workers);
    int slices = fits.get(0).slicing().count();
    List<Integer> indexes = Slicing.every(averagers, averager, slices);
    List<SliceReader> readers =
        fits.stream()
            .map(
                fit ->
                    new SliceReader(
                        fit.owner(),
                        published,
                        indexes.stream().map(i -> fit.worker() * slices + i).iterator()))
            .toList();
    try {
      for (int index : indexes) {
        TaskContext.get().killTaskIfInterrupted(); // nobody would remove what it publishes
        List<FloatBuffer> floats =
            readers.stream().map(reader -> Memory.floats(reader.next())).toList();
        Blocks.removeHere(outdated, index);
        ByteBuffer mean = Platform.allocateDirectBuffer(Float.BYTES * floats.get(0).limit());
        Mean.write(weights, floats, List.of(Memory.floats(mean)));
        Blocks.publish(means, index, mean);
      }
    } finally {
      readers.forEach(SliceReader::close);
    }
    long received = readers.stream().mapToLong(SliceReader::received).sum();
    return List.of(new Averaged(fits, Blocks.here(), received, System.currentTimeMillis()))
        .iterator();
  }
}
