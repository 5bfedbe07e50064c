package dev.kennel.tracking;

import java.io.IOException;

/**
 * A place that rows are copied to. Every call may be repeated, after a failure in the middle of it
 * or in another process: what is there already is not written again. Calls come from one thread,
 * for each network first {@link #begin}.
 */
interface Sink extends AutoCloseable {
  /** What console and warnings call it; without credentials. */
  String place();

  /** Makes a network's place, or goes on with it; a training that failed runs again. */
  void begin(String network) throws IOException, InterruptedException;

  /** Writes an epoch, so that readers see it when this returns. */
  void epoch(String network, TrackedEpoch epoch) throws IOException, InterruptedException;

  /** Notes that the network is trained, or that its training failed. */
  void end(String network, boolean failed) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
