package dev.kennel.training;

import dev.kennel.averaging.Fitting;
import dev.kennel.onednn.Arithmetic;
import java.util.Iterator;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A worker's part of a round: a step a batch, each noted with its answers.
 *
 * @param threads of the worker's arithmetic
 * @param steps where they are noted
 */
record WorkerFit(int threads, CollectionAccumulator<Step> steps) implements Fitting {
  @Override
  public long fit(ComputationGraph network, Iterator<MultiDataSet> batches, int worker) {
    Arithmetic.useThreads(threads);
    AnswerListener listener = new AnswerListener();
    network.setListeners(listener);
    long examples = 0;
    while (batches.hasNext()) {
      MultiDataSet batch = batches.next();
      int iteration = network.getConfiguration().getIterationCount();
      network.fit(batch);
      steps.add(new Step(worker, iteration, listener.answers()));
      examples += listener.answers().size();
      batch.getFeatures(0).close();
      batch.getLabels(0).close();
    }
    network.setListeners();
    return examples;
  }
}
