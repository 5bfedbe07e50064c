package dev.kennel.averaging;

import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A network's state that the tasks of a job read: the driver's own memory in local mode, otherwise
 * a broadcast. The driver closes it.
 */
public final class SharedState implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;

  private final InProcess<NetworkState> here; // null on a cluster
  private final Broadcast<NetworkState> broadcast; // null in local mode

  private SharedState(InProcess<NetworkState> here, Broadcast<NetworkState> broadcast) {
    this.here = here;
    this.broadcast = broadcast;
  }

  /** Shares a state, which must not change before it is closed. */
  public static SharedState of(JavaSparkContext spark, NetworkState state) {
    return spark.isLocal()
        ? new SharedState(InProcess.of(state), null)
        : new SharedState(null, spark.broadcast(state));
  }

  /** The state, to be read only. */
  public NetworkState value() {
    return here != null ? here.value() : broadcast.value();
  }

  /** Releases it everywhere. */
  @Override
  public void close() {
    if (here != null) {
      here.take();
    } else {
      broadcast.destroy(true); // waits: Spark's own cleaner must not meet it half removed
    }
  }
}
