package dev.kennel.training;

import dev.kennel.averaging.Fitting;
import dev.kennel.averaging.Work;
import dev.kennel.onednn.Arithmetic;
import dev.kennel.onednn.LeanGraph;
import java.util.Iterator;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A worker's part of a round: a step a batch, each noted with its answers.
 *
 * @param threads of the worker's arithmetic
 * @param steps where they are noted
 */
record WorkerFit(int threads, CollectionAccumulator<Step> steps) implements Fitting {
  private static final int AHEAD = 2; // batches

  @Override
  public Work fit(ComputationGraph network, Iterator<MultiDataSet> batches, int worker) {
    Arithmetic.useThreads(threads);
    AnswerListener listener = new AnswerListener();
    network.setListeners(listener);
    long examples = 0;
    try (Prefetched<MultiDataSet> prefetched = new Prefetched<>(batches, AHEAD, WorkerFit::close)) {
      while (prefetched.hasNext()) {
        MultiDataSet batch = prefetched.next();
        int iteration = network.getConfiguration().getIterationCount();
        network.fit(batch);
        if (network instanceof LeanGraph own) {
          own.followParameters(iteration);
        }
        steps.add(new Step(worker, iteration, listener.answers()));
        examples += listener.answers().size();
        close(batch);
      }
      network.setListeners();
      return new Work(examples, prefetched.waitedSeconds());
    }
  }

  private static void close(MultiDataSet batch) {
    for (INDArray array : new INDArray[] {batch.getFeatures(0), batch.getLabels(0)}) {
      if (array.closeable()) { // not a view: Deeplearning4j's own averaging cuts batches anew
        array.close();
      }
    }
  }
}
