package dev.kennel.tracking;

import dev.kennel.config.TrackingSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/**
 * Copies a run's rows to the places that are switched on, beside the tables. Nothing here throws or
 * waits for a place, but for a while when the run ends: who cannot be reached is told of once, and
 * gets what it missed when it can be.
 */
public final class Tracking {
  private static final Duration PATIENCE = Duration.ofSeconds(30); // when a run has finished
  private static final Duration HASTE = Duration.ofSeconds(10); // when the process may be ending

  private final List<Delivery> deliveries;
  private final Set<String> open = new LinkedHashSet<>(); // networks in training

  private Tracking(List<Delivery> deliveries) {
    this.deliveries = deliveries;
  }

  /** Copies nothing. */
  public static Tracking off() {
    return new Tracking(List.of());
  }

  /**
   * Copies to where the settings say.
   *
   * @param hadoop opens the folder of TensorBoard's files
   * @param say takes lines for the console: where rows go, and what goes wrong
   */
  public static Tracking of(
      TrackingSettings settings, TrackedRun run, Configuration hadoop, Consumer<String> say) {
    List<Sink> sinks = new ArrayList<>();
    settings.tensorboard().ifPresent(dir -> sinks.add(new TensorBoardFiles(dir, run, hadoop)));
    String experiment = settings.mlflowExperiment();
    settings.mlflowFolder().ifPresent(at -> sinks.add(new MlflowFolder(at, experiment, run)));
    settings.mlflowServer().ifPresent(at -> sinks.add(new MlflowServer(at, experiment, run)));
    return to(sinks, say);
  }

  static Tracking to(List<Sink> sinks, Consumer<String> say) {
    sinks.forEach(sink -> say.accept("Logging to " + sink.place()));
    return new Tracking(sinks.stream().map(sink -> new Delivery(sink, say)).toList());
  }

  /** Whether rows go anywhere. */
  public boolean isOn() {
    return !deliveries.isEmpty();
  }

  /** Tells that a network's training begins, or goes on. */
  public synchronized void begin(String network) {
    open.add(network);
    send(sink -> sink.begin(network));
  }

  /**
   * Copies what was measured in an epoch, after {@link #begin}. An epoch that is there already
   * stays as it is.
   *
   * @param epoch counts from 1
   * @param values by their names, such as {@code loss/test}
   */
  public synchronized void epoch(String network, int epoch, Map<String, Double> values) {
    TrackedEpoch tracked = new TrackedEpoch(epoch, System.currentTimeMillis(), Map.copyOf(values));
    send(sink -> sink.epoch(network, tracked));
  }

  /** Tells that a network is trained. */
  public synchronized void trained(String network) {
    end(network, false);
    open.remove(network);
  }

  /** Ends it with a run that has finished. */
  public synchronized void finished() {
    deliveries.forEach(delivery -> delivery.close(PATIENCE));
  }

  /** Ends it with a run that has failed: so have the trainings that are not done. */
  public synchronized void failed() {
    open.forEach(network -> end(network, true));
    deliveries.forEach(delivery -> delivery.close(HASTE));
  }

  private void end(String network, boolean failed) {
    send(sink -> sink.end(network, failed));
  }

  private void send(Delivery.Parcel parcel) {
    deliveries.forEach(delivery -> delivery.send(parcel));
  }
}
