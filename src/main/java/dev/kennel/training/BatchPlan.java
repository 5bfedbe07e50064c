package dev.kennel.training;

import java.io.Serializable;
import java.util.stream.IntStream;

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
 * @param warmUpSteps the first steps of the training, whose rounds are of another length
 * @param warmUpFrequency steps of a round among those
 */
public record BatchPlan(
    int images,
    int workers,
    int steps,
    int averagingFrequency,
    int warmUpSteps,
    int warmUpFrequency)
    implements Serializable {

  /**
   * The plan for batches of at most that size, with rounds of one length; every worker has 2 images
   * at least in each batch.
   */
  public static BatchPlan of(int images, int workers, int batchSize, int averagingFrequency) {
    int wanted = (int) ceilDiv(images, (long) workers * batchSize);
    int most = images / (2 * workers);
    int steps = Math.max(1, Math.min(wanted, most));
    return new BatchPlan(images, workers, steps, averagingFrequency, 0, averagingFrequency);
  }

  /** The same with other rounds in the first steps of the training. */
  BatchPlan withWarmUp(int warmUpSteps, int warmUpFrequency) {
    return new BatchPlan(images, workers, steps, averagingFrequency, warmUpSteps, warmUpFrequency);
  }

  /** Rounds of an epoch, counted from 1; the last may have fewer steps, as that of the warm-up. */
  public int rounds(int epoch) {
    int warmUp = warmUpSteps(epoch);
    return warmUpRounds(warmUp) + (int) ceilDiv(steps - warmUp, averagingFrequency);
  }

  /** Rounds of all epochs before one. */
  long roundsBefore(int epoch) {
    return IntStream.range(1, epoch).mapToLong(this::rounds).sum();
  }

  /** The first step of a round of an epoch; steps and rounds are counted from 0. */
  int firstStep(int epoch, int round) {
    int warmUp = warmUpSteps(epoch);
    int after = round - warmUpRounds(warmUp);
    return after < 0 ? round * warmUpFrequency : warmUp + after * averagingFrequency;
  }

  /** The step behind the last of a round. */
  int endStep(int epoch, int round) {
    return round + 1 < rounds(epoch) ? firstStep(epoch, round + 1) : steps;
  }

  /** The round of an epoch that has a step. */
  int round(int epoch, int step) {
    int warmUp = warmUpSteps(epoch);
    return step < warmUp
        ? step / warmUpFrequency
        : warmUpRounds(warmUp) + (step - warmUp) / averagingFrequency;
  }

  /** Steps of an epoch that belong to the warm-up, its first. */
  private int warmUpSteps(int epoch) {
    return (int) Math.max(0, Math.min(steps, warmUpSteps - (epoch - 1L) * steps));
  }

  private int warmUpRounds(int steps) {
    return (int) ceilDiv(steps, warmUpFrequency);
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
