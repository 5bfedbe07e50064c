package dev.kennel.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where rows are copied to, beside the tables.
 *
 * @param tensorboard the folder that TensorBoard is pointed to; empty: not written
 * @param mlflow MLflow's folder, as a path or a {@code file:} URI, or the address of its server,
 *     which may hold a user and password; empty: not told
 * @param mlflowExperiment the experiment of MLflow that the runs are in
 */
public record TrackingSettings(
    Optional<String> tensorboard, Optional<String> mlflow, String mlflowExperiment) {
  private static final int LONGEST_EXPERIMENT = 500; // MLflow's own limit, in characters

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");
  private static final Pattern CREDENTIALS = Pattern.compile("//[^/?#\\s\"]*@");

  public TrackingSettings {
    Checks.that(
        tensorboard.filter(String::isBlank).isEmpty(),
        "Cannot write for TensorBoard: tracking.tensorboard is empty; name a folder");
    mlflow.ifPresent(TrackingSettings::check);
    Checks.that(
        !mlflowExperiment.isBlank() && mlflowExperiment.length() <= LONGEST_EXPERIMENT,
        "Cannot use tracking.mlflow-experiment \"%s\": it is a name of 1 to 500 characters",
        mlflowExperiment);
  }

  private static void check(String text) {
    Checks.that(!text.isBlank(), "Cannot log to MLflow: tracking.mlflow is empty");
    if (!SCHEME.matcher(text).matches()) {
      return; // a folder
    }
    Checks.that(
        uri(text).filter(uri -> isFile(uri) || isServer(uri)).isPresent(),
        "Cannot use tracking.mlflow %s: it is a folder, file:///FOLDER, http://HOST:PORT or"
            + " https://HOST",
        text.replaceAll("//.*@", "//")); // no URI, so that a password may hold anything
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isFile(URI uri) {
    return "file".equalsIgnoreCase(uri.getScheme())
        && uri.getPath() != null
        && uri.getRawAuthority() == null
        && hasPathAtMost(uri);
  }

  private static boolean isServer(URI uri) {
    return ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
        && uri.getHost() != null
        && hasPathAtMost(uri);
  }

  private static boolean hasPathAtMost(URI uri) {
    return uri.getRawQuery() == null && uri.getRawFragment() == null;
  }

  /** The folder of this machine that MLflow keeps its runs in, if it is one. */
  public Optional<Path> mlflowFolder() {
    return mlflow
        .filter(text -> mlflowServer().isEmpty())
        .map(text -> SCHEME.matcher(text).matches() ? Path.of(URI.create(text)) : Path.of(text));
  }

  /** MLflow's server, if it is one; with its user and password. */
  public Optional<URI> mlflowServer() {
    return mlflow
        .filter(text -> SCHEME.matcher(text).matches())
        .map(URI::create)
        .filter(TrackingSettings::isServer);
  }

  /** A text without the user and password of URIs in it, which neither logs nor tables show. */
  public static String withoutCredentials(String text) {
    return CREDENTIALS.matcher(text).replaceAll("//");
  }

  @Override
  public String toString() {
    return "TrackingSettings[tensorboard=%s, mlflow=%s, mlflowExperiment=%s]"
        .formatted(tensorboard, mlflow.map(TrackingSettings::withoutCredentials), mlflowExperiment);
  }
}
