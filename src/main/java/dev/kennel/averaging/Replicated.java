package dev.kennel.averaging;

import java.io.Serializable;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network whose averaged parameters are on the executors, for tasks that read it; good until the
 * next round.
 */
public final class Replicated implements Serializable {
  private static final long serialVersionUID = 1;

  private final String training;
  private final int attempt;
  private final NetworkSource source;
  private final State state;
  private final boolean isInReplicas;
  private final boolean isMovingAverage;
  private final CollectionAccumulator<Taken> taken;

  Replicated(
      String training,
      int attempt,
      NetworkSource source,
      State state,
      boolean isInReplicas,
      CollectionAccumulator<Taken> taken) {
    this(training, attempt, source, state, isInReplicas, false, taken);
  }

  private Replicated(
      String training,
      int attempt,
      NetworkSource source,
      State state,
      boolean isInReplicas,
      boolean isMovingAverage,
      CollectionAccumulator<Taken> taken) {
    this.training = training;
    this.attempt = attempt;
    this.source = source;
    this.state = state;
    this.isInReplicas = isInReplicas;
    this.isMovingAverage = isMovingAverage;
    this.taken = taken;
  }

  /**
   * The same with the moving average of its parameters, if the network keeps one, in their place.
   */
  public Replicated movingAverage() {
    return new Replicated(training, attempt, source, state, isInReplicas, true, taken);
  }

  /**
   * Called in a task: the network in its averaged state, which other tasks of the same process read
   * too. Not to be run, let alone changed: {@link #answering} is.
   *
   * @throws LostStateException if the executors that had the parameters are gone
   */
  public ComputationGraph network() {
    return Replicas.of(this).reading(this).network();
  }

  /**
   * Called in a task: a network of its own to answer with, on the averaged parameters or their
   * moving average, which are not to be changed.
   *
   * @throws LostStateException if the executors that had the parameters are gone
   */
  public ComputationGraph answering() {
    ComputationGraph averaged = network();
    INDArray parameters =
        isMovingAverage
            ? source.movingAverage(averaged).orElseGet(averaged::params)
            : averaged.params();
    return source.answering(averaged, parameters);
  }

  /** Names the training of one network, unique in the application. */
  String training() {
    return training;
  }

  /** Counts how often the training has begun anew from a checkpoint. */
  int attempt() {
    return attempt;
  }

  NetworkSource source() {
    return source;
  }

  /** Counts the averages so far; 0 is the start. */
  public long version() {
    return state.version();
  }

  State state() {
    return state;
  }

  /** Whether the averaged state is nowhere but in the replicas of this process. */
  boolean isInReplicas() {
    return isInReplicas;
  }

  CollectionAccumulator<Taken> taken() {
    return taken;
  }
}
