package dev.kennel;

import dev.kennel.averaging.StateFiles;
import dev.kennel.config.NearestName;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.Settings;
import dev.kennel.config.UserError;
import dev.kennel.config.WeightSettings;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.network.StateLayout;
import dev.kennel.training.TrainedWeights;
import dev.kennel.weights.Publication;
import dev.kennel.weights.WeightCache;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The trained parameters that a network of a run starts from. A copy of the file is kept with the
 * run's checkpoints, where executors read it and a run that is resumed finds the same bytes.
 *
 * @param origin where the file is from, without secrets
 * @param file the run's copy
 * @param tensors those of the network, the classifier's too
 * @param classes that the file's classifier tells apart
 */
record StartingWeights(
    String origin, TrainedWeights file, String sha256, int tensors, long classes) {
  private static final int SHOWN = 8; // digits of a hash, as in the names of torch.hub
  private static final int ANY = 2; // classes: how many there will be is not known yet

  /**
   * Checks what can be known from the settings alone.
   *
   * @throws UserError if a network has no such part, or no published parameters
   */
  static void check(Settings settings) {
    settings
        .networks()
        .forEach(
            (name, own) -> {
              List<String> parts = Network.of(name).parts();
              own.freeze().stream()
                  .filter(part -> !parts.contains(part))
                  .forEach(
                      part -> {
                        throw new UserError(
                            "Cannot freeze %s of %s: %sits parts are %s, and the classifier is always trained"
                                .formatted(
                                    part,
                                    name,
                                    NearestName.of(part, parts)
                                        .map(best -> "did you mean " + best + "? ")
                                        .orElse(""),
                                    String.join(", ", parts)));
                      });
              own.pretrained()
                  .filter(NetworkSettings.IMAGENET::equals)
                  .ifPresent(imagenet -> published(name, settings));
            });
  }

  private static URI published(String network, Settings settings) {
    return Publication.of(network, settings.weights().address())
        .orElseThrow(
            () ->
                new UserError(
                    ("Cannot start %s from imagenet: nobody has published its parameters; where"
                            + " another network has them, name that one alone, as in --set"
                            + " network.resnet18.pretrained=imagenet")
                        .formatted(network)));
  }

  /**
   * Finds the files of the networks that have yet to be trained, by network, and keeps copies of
   * them.
   *
   * @throws UserError if a file cannot be had, or its tensors are not those of the network
   */
  static Map<String, StartingWeights> prepare(
      Settings settings, RunTables tables, Configuration hadoop, Console console)
      throws IOException {
    Map<String, StartingWeights> starts = new LinkedHashMap<>();
    for (Map.Entry<String, NetworkSettings> entry : settings.networks().entrySet()) {
      String name = entry.getKey();
      if (entry.getValue().pretrained().isPresent() && !tables.hasModel(name)) {
        starts.put(name, prepare(name, settings, tables.pretrained(name), hadoop, console));
      }
    }
    return starts;
  }

  private static StartingWeights prepare(
      String network, Settings settings, Path place, Configuration hadoop, Console console)
      throws IOException {
    NetworkSettings own = settings.networks().get(network);
    String given = own.pretrained().orElseThrow();
    String origin =
        given.equals(NetworkSettings.IMAGENET) ? published(network, settings).toString() : given;
    String shown = WeightSettings.withoutSecrets(origin);
    FileSystem files = StateFiles.fileSystem(place, hadoop);
    var shared = new SerializableConfiguration(hadoop);
    TrainedWeights kept = new TrainedWeights(files.makeQualified(place).toString(), shared);
    if (files.exists(place)) { // the run is resumed
      return look(network, own.imageSize(), shown, kept, kept);
    }
    String path = WeightSettings.isWeb(origin) ? fetch(origin, settings, console) : origin;
    Path aside = new Path(place.getParent(), "_" + place.getName() + "-" + UUID.randomUUID());
    try {
      copy(network, shown, path, aside, files, hadoop);
      TrainedWeights copy = new TrainedWeights(aside.toString(), shared);
      StartingWeights start = look(network, own.imageSize(), shown, copy, kept);
      if (!files.rename(aside, place)) { // where it is, it is whole
        throw new IOException("Cannot keep %s: the rename to %s failed".formatted(shown, place));
      }
      return start;
    } finally {
      files.delete(aside, false);
    }
  }

  private static String fetch(String address, Settings settings, Console console) {
    String shown = WeightSettings.withoutSecrets(address);
    WeightCache cache =
        new WeightCache(
            settings.weights().folder(System.getenv(), System.getProperty("user.home")));
    try (DownloadProgress progress = console.fetching(shown)) {
      return cache.fetch(URI.create(address), progress).toUri().toString();
    } catch (IOException e) {
      throw new UserError(
          "Cannot fetch the trained weights %s: %s".formatted(shown, e.getMessage()), e);
    } catch (IllegalArgumentException e) { // whose message has the address
      throw new UserError(
          "Cannot fetch the trained weights %s: it is no address of a file".formatted(shown), e);
    }
  }

  private static StartingWeights look(
      String network, int imageSize, String origin, TrainedWeights file, TrainedWeights kept) {
    Network of = Network.of(network);
    StateLayout layout = StateLayout.of(of, of.configure(ANY, imageSize, Optimization.NONE));
    try {
      long classes =
          file.readTensors(
              open -> {
                layout.check(open.tensors());
                return layout.classes(open.tensors());
              });
      return new StartingWeights(
          origin, kept, file.read(WeightCache::sha256), layout.shapes().size(), classes);
    } catch (IOException e) {
      throw cannot(network, origin, e.getMessage(), e);
    }
  }

  private static UserError cannot(String network, String origin, String why, Exception e) {
    return new UserError("Cannot start %s from %s: %s".formatted(network, origin, why), e);
  }

  private static void copy(
      String network, String origin, String from, Path to, FileSystem files, Configuration hadoop)
      throws IOException {
    InputStream source;
    try {
      Path path = new Path(from);
      FileSystem sources = path.getFileSystem(hadoop);
      if (sources.getFileStatus(path).isDirectory()) {
        throw new IOException("it is a folder");
      }
      source = sources.open(path);
    } catch (FileNotFoundException e) {
      throw cannot(network, origin, "there is no such file", e);
    } catch (IOException | IllegalArgumentException e) {
      throw cannot(network, origin, e.getMessage(), e);
    }
    try (source;
        OutputStream out = files.create(to)) {
      source.transferTo(out);
    }
  }

  /** What the training begins with, as in {@code resnet18 starts from …}. */
  String description(String network, int ofImages) {
    return "%s starts from %s (%d tensors, sha256 %s)%s"
        .formatted(
            network,
            origin,
            tensors,
            sha256.substring(0, SHOWN),
            classes == ofImages
                ? ""
                : "; the classifier is new: %d classes instead of %d".formatted(ofImages, classes));
  }
}
