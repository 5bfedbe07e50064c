package dev.kennel.training;

import java.io.Serializable;

/**
 * How an epoch is cut into batches and rounds, the same for every worker. Every image is in exactly
 * one batch; the batches of a worker are as even as can be, so that there is no tiny last one,
 * whose batch statistics would be noise.
 *
 * @param steps batches of each worker in an epoch
 * @param averagingFrequency steps of a round
 */
record BatchPlan(int steps, int averagingFrequency) implements Serializable {

  /** The plan for that many training images over that many workers, whose shards differ by one. */
  static BatchPlan of(int images, int workers, int batchSize, int averagingFrequency) {
    int largest = ceilDiv(images, workers);
    int smallest = images / workers;
    int steps = Math.max(1, Math.min(ceilDiv(largest, batchSize), smallest / 2));
    return new BatchPlan(steps, averagingFrequency);
  }

  /** Rounds of an epoch; the last may have fewer steps. */
  int rounds() {
    return ceilDiv(steps, averagingFrequency);
  }

  /** The first step of a round, both counted from 0. */
  int firstStep(int round) {
    return round * averagingFrequency;
  }

  /** The step behind the last of a round. */
  int endStep(int round) {
    return Math.min(steps, (round + 1) * averagingFrequency);
  }

  /**
   * Where the batch of a step begins in a shard's order; that of {@code steps} is the shard's end.
   */
  int batchBegin(int step, int shardSize) {
    return (int) ((long) step * shardSize / steps);
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }
}
