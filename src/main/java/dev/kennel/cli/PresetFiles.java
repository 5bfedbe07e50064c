package dev.kennel.cli;

import dev.kennel.config.PresetText;
import dev.kennel.config.Settings;
import dev.kennel.config.SweepCandidate;
import dev.kennel.config.SweepPlan;
import dev.kennel.config.UserError;
import dev.kennel.sweep.Ranking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files that the winners' settings are written to, by network. */
record PresetFiles(Map<String, Path> files) {

  /**
   * One file for one network, of several one each, whose name has the network's before its ending.
   *
   * @throws UserError if one cannot be written, as far as can be told before
   */
  static PresetFiles at(String path, Collection<String> networks) {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String network : networks) {
      String name = networks.size() == 1 ? path : named(path, network);
      String cannot = "Cannot write " + name + ": ";
      try {
        Path file = Path.of(name).toAbsolutePath();
        if (Files.isDirectory(file)) {
          throw new UserError(cannot + "it is a folder; name a file");
        }
        if (!Files.isDirectory(file.getParent())) {
          throw new UserError(cannot + "there is no folder " + file.getParent());
        }
        files.put(network, file);
      } catch (InvalidPathException e) {
        throw new UserError(cannot + "that is no path", e);
      }
    }
    return new PresetFiles(files);
  }

  private static String named(String path, String network) {
    int ending = path.lastIndexOf('.');
    return ending > path.lastIndexOf('/') + 1
        ? path.substring(0, ending) + "-" + network + path.substring(ending)
        : path + "-" + network;
  }

  /** Writes the file of a ranking that has a winner. */
  Path write(Ranking ranking, SweepPlan plan) {
    Path file = files.get(ranking.network());
    SweepCandidate candidate = ranking.winner().orElseThrow().candidate();
    Settings winner = candidate.settings(candidate.lastEpochs());
    List<String> comment = List.of(ranking.summary(plan.name()));
    try {
      Files.writeString(file, PresetText.of(comment, winner.json()));
      return file;
    } catch (IOException e) {
      throw new UserError("Cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
