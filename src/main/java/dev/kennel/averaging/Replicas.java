package dev.kennel.averaging;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The replicas of one training in this process, kept from round to round: building one costs a
 * second for each hundred million parameters. On a cluster only a cache: a task that finds none
 * builds one and fills it from the averaged state.
 */
final class Replicas {
  private static final Map<String, Replicas> TRAININGS = new HashMap<>();

  private final List<Replica> free = new ArrayList<>();

  /** Those that the round has fitted, by worker: not free before it has ended. */
  private final Map<Integer, Replica> fitted = new HashMap<>();

  private int attempt;
  private long fittedFrom; // the version that they started from

  private Replicas() {}

  /** Those of a network's training. The free ones of others are let go, if they are but a cache. */
  static synchronized Replicas of(Replicated network) {
    if (!network.isInReplicas()) {
      TRAININGS.forEach(
          (training, others) -> {
            if (!training.equals(network.training())) {
              others.letGo();
            }
          });
    }
    return TRAININGS.computeIfAbsent(network.training(), name -> new Replicas());
  }

  /** Those of a training in this process, which has ended, are let go. */
  static synchronized void end(String training) {
    if (TRAININGS.remove(training) != null) {
      collect();
    }
  }

  private synchronized void letGo() {
    if (!free.isEmpty()) {
      free.clear();
      collect();
    }
  }

  /**
   * Has Java's collector find what was let go, which frees its native memory. By itself it would
   * look for it when the heap is full, and a network is gigabytes of native memory in a few
   * kilobytes of heap. Nothing else can tell that no task reads a replica any more.
   */
  private static void collect() {
    System.gc();
  }

  /**
   * Takes one for a worker, in the state that its round starts from. The caller hands it on with
   * {@link #fitted} or, if the fit fails, {@link #giveBack}.
   */
  Replica take(Replicated network) {
    Optional<Replica> found;
    synchronized (this) {
      settle(network);
      found = free(network.state().version());
      found.ifPresent(free::remove);
    }
    Replica replica = found.orElseGet(() -> new Replica(network.source()));
    try {
      bring(replica, network);
      return replica;
    } catch (Throwable e) {
      giveBack(replica);
      throw e;
    }
  }

  /** Hands on a replica that a worker of this round has fitted. */
  synchronized void fitted(int worker, Replica replica, Replicated network) {
    if (network.attempt() != attempt) {
      giveBack(replica); // a task that nobody waits for any more
      return;
    }
    fittedFrom = network.state().version();
    Replica before = fitted.put(worker, replica);
    if (before != null) {
      free.add(before); // of an earlier try of the same task
    }
  }

  synchronized void giveBack(Replica replica) {
    replica.version(Replica.NONE);
    free.add(replica);
  }

  /** The replica that a worker of this round has fitted in this process. */
  synchronized Replica fittedBy(int worker) {
    Replica replica = fitted.get(worker);
    if (replica == null) {
      throw new LostStateException("Cannot average: the replica of worker " + worker + " is gone");
    }
    return replica;
  }

  /** One in the averaged state, to be read by any number of tasks until the next round. */
  synchronized Replica reading(Replicated network) {
    settle(network);
    Optional<Replica> found = free(network.state().version());
    Replica replica = found.orElseGet(() -> new Replica(network.source()));
    if (found.isEmpty()) {
      free.add(replica);
    }
    bring(replica, network);
    return replica;
  }

  /** Frees what the round before has fitted, once the averaged state is that of its end. */
  private void settle(Replicated network) {
    boolean isSameAttempt = network.attempt() == attempt;
    if (isSameAttempt && network.state().version() == fittedFrom) {
      return; // the round is under way
    }
    long now =
        isSameAttempt && network.state().isInReplicas() ? network.state().version() : Replica.NONE;
    if (!isSameAttempt) {
      free.forEach(replica -> replica.version(Replica.NONE));
      attempt = network.attempt();
    }
    fitted.values().forEach(replica -> replica.version(now));
    free.addAll(fitted.values());
    fitted.clear();
  }

  private Optional<Replica> free(long version) {
    return free.stream()
        .filter(replica -> replica.version() == version)
        .findFirst()
        .or(() -> free.stream().findFirst());
  }

  private static void bring(Replica replica, Replicated network) {
    long version = network.state().version();
    if (replica.version() != version) {
      replica.version(Replica.NONE);
      long start = System.nanoTime();
      long received = network.state().fill(replica, network.source());
      replica.version(version);
      network.taken().add(new Taken(version, (System.nanoTime() - start) / 1e9, received));
    }
  }
}
