package dev.kennel.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A tracking server of MLflow, by its REST API 2.0 (<a
 * href="https://mlflow.org/docs/latest/api_reference/rest-api.html">documentation</a>). A network's
 * run is found by its tags, and the epochs that it has by the history of one of its metrics.
 */
final class MlflowServer implements Sink {
  private static final String MARK = "loss/train"; // every epoch has it
  private static final int PARAMS_A_BATCH = 100; // log-batch's limit, which also takes 1000 metrics
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String place;
  private final MlflowApi api;
  private final String experiment;
  private final TrackedRun run;
  private final Map<String, Training> trainings = new HashMap<>(); // by network

  /** A network's run there. */
  private record Training(String id, String status, Set<Integer> epochs) {}

  /**
   * Tells a server of a run.
   *
   * @param server its address, with user and password if it asks for them
   */
  MlflowServer(URI server, String experiment, TrackedRun run) {
    this(new MlflowApi(server, System.getenv()), experiment, run);
  }

  MlflowServer(MlflowApi api, String experiment, TrackedRun run) {
    this.place = "MLflow at " + api.server();
    this.api = api;
    this.experiment = experiment;
    this.run = run;
  }

  @Override
  public String place() {
    return place;
  }

  @Override
  public void begin(String network) throws IOException, InterruptedException {
    MlflowRun told = MlflowRun.of(run, network);
    String home = experiment();
    Optional<JsonNode> found = find(home, network);
    JsonNode there = found.isPresent() ? found.get() : create(home, told);
    JsonNode info = there.path("info");
    String id = info.path("run_id").asText();
    String status = info.path("status").asText();
    if (!status.equals("RUNNING") && !status.equals("FINISHED")) {
      update(id, "RUNNING");
      status = "RUNNING";
    }
    Map<String, String> params = new TreeMap<>(told.params());
    // A param that is there cannot be changed, even if the output has moved since.
    there.path("data").path("params").forEach(param -> params.remove(param.path("key").asText()));
    List<Map.Entry<String, String>> left = new ArrayList<>(params.entrySet());
    for (int from = 0; from < left.size(); from += PARAMS_A_BATCH) {
      ObjectNode batch = JSON.createObjectNode().put("run_id", id);
      left.subList(from, Math.min(left.size(), from + PARAMS_A_BATCH))
          .forEach(param -> add(batch.withArray("params"), param.getKey(), param.getValue()));
      api.post("runs/log-batch", batch);
    }
    trainings.put(
        network, new Training(id, status, found.isPresent() ? epochs(id) : new HashSet<>()));
  }

  @Override
  public void epoch(String network, TrackedEpoch epoch) throws IOException, InterruptedException {
    Training training = trainings.get(network);
    if (training.epochs.contains(epoch.epoch())) {
      return;
    }
    ObjectNode batch = JSON.createObjectNode().put("run_id", training.id);
    Map<String, Double> values = new TreeMap<>(epoch.values());
    values.forEach(
        (key, value) ->
            batch
                .withArray("metrics")
                .addObject()
                .put("key", key)
                .put("value", value)
                .put("timestamp", epoch.milliseconds())
                .put("step", epoch.epoch()));
    api.post("runs/log-batch", batch);
    training.epochs.add(epoch.epoch());
  }

  @Override
  public void end(String network, boolean failed) throws IOException, InterruptedException {
    Training training = trainings.get(network);
    if (!training.status.equals("FINISHED")) {
      update(training.id, failed ? "FAILED" : "FINISHED");
    }
  }

  @Override
  public void close() {} // nothing is held open

  /** The id of the experiment, which is made if there is none of its name. */
  private String experiment() throws IOException, InterruptedException {
    Optional<JsonNode> found =
        api.find("experiments/get-by-name", Map.of("experiment_name", experiment));
    if (found.isPresent()) {
      return found.get().path("experiment").path("experiment_id").asText();
    }
    return api.post("experiments/create", JSON.createObjectNode().put("name", experiment))
        .path("experiment_id")
        .asText();
  }

  private Optional<JsonNode> find(String home, String network)
      throws IOException, InterruptedException {
    ObjectNode search = JSON.createObjectNode();
    search.putArray("experiment_ids").add(home);
    search.put(
        "filter",
        "tags.`%s` = '%s' and tags.`%s` = '%s'"
            .formatted(MlflowRun.RUN_TAG, run.id(), MlflowRun.NETWORK_TAG, network));
    search.put("max_results", 1);
    JsonNode runs = api.post("runs/search", search).path("runs");
    return runs.isEmpty() ? Optional.empty() : Optional.of(runs.get(0));
  }

  private JsonNode create(String home, MlflowRun told) throws IOException, InterruptedException {
    ObjectNode body =
        JSON.createObjectNode()
            .put("experiment_id", home)
            .put("run_name", told.name())
            .put("start_time", System.currentTimeMillis());
    ArrayNode tags = body.putArray("tags");
    told.tags().forEach((key, value) -> add(tags, key, value));
    return api.post("runs/create", body).path("run");
  }

  private static void add(ArrayNode list, String key, String value) {
    list.addObject().put("key", key).put("value", value);
  }

  private Set<Integer> epochs(String id) throws IOException, InterruptedException {
    Set<Integer> epochs = new HashSet<>();
    api.find("metrics/get-history", Map.of("run_id", id, "metric_key", MARK))
        .ifPresent(
            of -> of.path("metrics").forEach(value -> epochs.add(value.path("step").asInt())));
    return epochs;
  }

  private void update(String id, String status) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("run_id", id).put("status", status);
    if (!status.equals("RUNNING")) {
      body.put("end_time", System.currentTimeMillis());
    }
    api.post("runs/update", body);
  }
}
