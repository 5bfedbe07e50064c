package dev.kennel.bench;

import dev.kennel.averaging.SlicedAveraging;

/**
 * What a round of averaging costs on a cluster, estimated: what {@link AveragingBenchmark} would
 * measure there.
 *
 * <p>Every slice of the state (parameters and momentum) is averaged by one executor, which receives
 * it from each worker elsewhere and sends the mean back to each. With E executors of k workers, S
 * bytes of state, and B of them averaged by the executor that has most, that executor receives k (E
 * − 1) B + k (S − B) bytes a round and sends as many; where slices are many, B = S / E, and that is
 * 2 k (E − 1) / E · S. The time is that of Spark's two stages, that in which processors and memory
 * of a machine publish, send, receive, average and copy what its executors receive, and that on the
 * wire, one after the other.
 *
 * <p>{@code AveragingModelTest} holds it to measured rounds. They are of executors with a core each
 * on one machine of two cores; machines that are faster, or have more cores, take less.
 *
 * @param executors 2 or more; one alone averages in its own memory
 * @param workersPerExecutor training tasks at a time in each
 * @param executorsPerMachine that share memory and network link of one machine
 * @param gigabitsPerSecond of each machine's link, in each direction
 */
public record AveragingModel(
    int executors, int workersPerExecutor, int executorsPerMachine, double gigabitsPerSecond) {
  /** Two stages of Spark that do next to nothing. */
  private static final double STAGES_SECONDS = 0.08;

  /** Bytes that one machine's executors receive and handle in a second. */
  private static final double BYTES_PER_SECOND = 1.2e9;

  /** Executors of a machine that had a core each where it was measured. */
  private static final int AT_ONCE = 2;

  /** What each further one adds to the two stages, its tasks waiting for a core. */
  private static final double WAITING_SECONDS = 0.13;

  private static final double BYTES_PER_GIGABIT = 1e9 / 8;

  /**
   * The cost of one round.
   *
   * @param bytesExchanged that go from any process to another
   * @param busiestBytes that the executor which averages most receives; it sends as many
   * @param stagesSeconds for Spark's two stages
   * @param memorySeconds in processors and memory of the busiest machine
   * @param wireSeconds on its network link
   */
  public record Cost(
      long bytesExchanged,
      long busiestBytes,
      double stagesSeconds,
      double memorySeconds,
      double wireSeconds) {
    /** From the end of the slowest worker's fit until the last one holds the average. */
    public double seconds() {
      return stagesSeconds + memorySeconds + wireSeconds;
    }
  }

  /**
   * The cost for a network.
   *
   * @param parameters floats of the vector that is averaged, running statistics among them
   * @param momentum floats of it
   */
  public Cost cost(long parameters, long momentum) {
    long state = Float.BYTES * (parameters + momentum);
    long slices =
        ceiling(parameters, SlicedAveraging.SLICE) + ceiling(momentum, SlicedAveraging.SLICE);
    long most =
        Math.min(state, (long) Float.BYTES * SlicedAveraging.SLICE * ceiling(slices, executors));
    long remoteWorkers = (long) workersPerExecutor * (executors - 1);
    long busiest = remoteWorkers * most + workersPerExecutor * (state - most);
    long exchanged = 2 * remoteWorkers * state;
    int neighbours = Math.min(executorsPerMachine, executors); // itself among them
    double machine = Math.min((double) neighbours * busiest, exchanged);
    double fromOtherMachines = machine * (executors - neighbours) / (executors - 1);
    return new Cost(
        exchanged,
        busiest,
        STAGES_SECONDS + WAITING_SECONDS * Math.max(0, neighbours - AT_ONCE),
        machine / BYTES_PER_SECOND,
        fromOtherMachines / (gigabitsPerSecond * BYTES_PER_GIGABIT));
  }

  /**
   * The smallest averaging frequency at which averaging takes at most that share of the time.
   *
   * @param share of fit and averaging together, in (0, 1)
   */
  public static long frequency(double averagingSeconds, double stepSeconds, double share) {
    return Math.max(
        1, (long) Math.ceil(averagingSeconds * (1 - share) / share / stepSeconds - 1e-9));
  }

  private static long ceiling(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
