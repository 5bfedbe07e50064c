package dev.kennel.averaging;

import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;

/** A worker's part of a round: fits, publishes, and tells every task that averages. */
record Fit(Replicated network, Fitting fitting, int iteration, int published, int averagers)
    implements PairFlatMapFunction<Iterator<MultiDataSet>, Integer, Fitted> {
  @Override
  public Iterator<Tuple2<Integer, Fitted>> call(Iterator<MultiDataSet> batches) {
    int worker = TaskContext.getPartitionId();
    Replicas replicas = Replicas.of(network);
    Replica replica = replicas.take(network);
    Fitted fitted;
    try {
      fitted = fit(replica, batches, worker);
    } catch (Throwable e) {
      replicas.giveBack(replica);
      throw e;
    }
    replicas.fitted(worker, replica, network);
    return IntStream.range(0, averagers).mapToObj(to -> new Tuple2<>(to, fitted)).iterator();
  }

  private Fitted fit(Replica replica, Iterator<MultiDataSet> batches, int worker) {
    replica.version(Replica.NONE);
    replica.network().getConfiguration().setIterationCount(iteration);
    long start = System.nanoTime();
    Work work = fitting.fit(replica.network(), batches, worker);
    double seconds = (System.nanoTime() - start) / 1e9;
    long end = System.currentTimeMillis();
    int slices = replica.slicing().count();
    if (published != Blocks.NONE) {
      TaskContext.get().killTaskIfInterrupted(); // nobody would remove what it publishes
      for (int index = 0; index < slices; index++) {
        Blocks.publish(published, worker * slices + index, replica.slice(index));
      }
    }
    return new Fitted(worker, work, replica.slicing(), seconds, Blocks.here(), end);
  }
}
