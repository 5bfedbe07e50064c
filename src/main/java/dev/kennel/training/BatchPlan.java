package dev.kennel.training;

import java.io.Serializable;

/**
 * How an epoch is cut into steps, batches and rounds. The images stand in the epoch's order; a step
 * takes the next of them, which the workers share evenly. So a step sees the same images however
 * many workers share them. Every image is in exactly one batch; batches are as even as can be, so
 * that there is no tiny last one, whose batch statistics would be noise.
 *
 * @param images of an epoch
 * @param workers that share a step
 * @param steps batches of each worker in an epoch
 * @param averagingFrequency steps of a round
 */
public record BatchPlan(int images, int workers, int steps, int averagingFrequency)
    implements Serializable {

  /** The plan for batches of at most that size; every worker has 2 images at least in each. */
  public static BatchPlan of(int images, int workers, int batchSize, int averagingFrequency) {
    int wanted = (int) ceilDiv(images, (long) workers * batchSize);
    int most = images / (2 * workers);
    return new BatchPlan(images, workers, Math.max(1, Math.min(wanted, most)), averagingFrequency);
  }

  /** Rounds of an epoch; the last may have fewer steps. */
  public int rounds() {
    return (int) ceilDiv(steps, averagingFrequency);
  }

  /** The first step of a round, both counted from 0. */
  int firstStep(int round) {
    return round * averagingFrequency;
  }

  /** The step behind the last of a round. */
  int endStep(int round) {
    return Math.min(steps, (round + 1) * averagingFrequency);
  }

  /** How many images a worker has in a step. */
  int batchSize(int step, int worker) {
    int ofStep = begin(step + 1, images, steps) - begin(step, images, steps);
    return begin(worker + 1, ofStep, workers) - begin(worker, ofStep, workers);
  }

  /** The step that has the image at a place of the epoch's order. */
  int step(int place) {
    return part(place, images, steps);
  }

  /** The worker that has it. */
  int worker(int place) {
    int step = step(place);
    int begin = begin(step, images, steps);
    return part(place - begin, begin(step + 1, images, steps) - begin, workers);
  }

  /** Where a part begins when {@code size} things are cut into {@code parts}. */
  private static int begin(int part, int size, int parts) {
    return (int) ((long) part * size / parts);
  }

  /** The part that a thing is in: the last one that begins at it or before. */
  private static int part(int thing, int size, int parts) {
    return (int) (((thing + 1L) * parts - 1) / size);
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }
}
