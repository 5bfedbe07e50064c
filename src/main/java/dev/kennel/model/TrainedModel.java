package dev.kennel.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.kennel.config.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * A trained network with all that is needed to use it. Saved as a folder of two files: {@code
 * model.zip}, configuration and parameters in Deeplearning4j's format, and {@code model.json}, a
 * {@link ModelDescription}.
 *
 * @param description class names, preprocessing and origin
 * @param network takes images of shape [batch, 3, size, size], answers probabilities [batch,
 *     classes]
 */
public record TrainedModel(ModelDescription description, ComputationGraph network) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String PARAMETERS = "model.zip";
  private static final String DESCRIPTION = "model.json";

  /** A model of a network that something else goes on to use: it shares its parameters. */
  public static TrainedModel of(ModelDescription description, ComputationGraph trained) {
    ComputationGraph network = new ComputationGraph(trained.getConfiguration().clone());
    network.init(trained.params(), false);
    return new TrainedModel(description, network);
  }

  /**
   * Saves the model, on any file system that Hadoop opens. The folder appears whole, by one rename.
   *
   * @param staging a folder for the unfinished model, on the same file system
   * @param folder where the model will be; must not exist
   */
  public void save(Configuration hadoop, String staging, String folder) throws IOException {
    Path unfinished = new Path(staging, UUID.randomUUID().toString());
    Path finished = new Path(folder);
    FileSystem files = finished.getFileSystem(hadoop);
    if (files.exists(finished)) {
      throw new IOException("Cannot save a model to " + folder + ": it exists already");
    }
    try (OutputStream out = files.create(new Path(unfinished, PARAMETERS))) {
      ModelFile.write(network, out);
    }
    try (OutputStream out = files.create(new Path(unfinished, DESCRIPTION))) {
      out.write(JSON.writeValueAsBytes(description));
    }
    files.mkdirs(finished.getParent());
    if (!files.rename(unfinished, finished)) {
      throw new IOException("Cannot save a model to " + folder + ": its rename failed");
    }
  }

  /**
   * Loads a model that {@link #save} wrote.
   *
   * @throws UserError if there is none, or it cannot be read
   */
  public static TrainedModel load(Configuration hadoop, String folder) {
    Path path = new Path(folder);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(new Path(path, DESCRIPTION))) {
        throw new UserError("Cannot load a model from " + folder + ": it has no " + DESCRIPTION);
      }
      ModelDescription description;
      try (InputStream in = files.open(new Path(path, DESCRIPTION))) {
        description = JSON.readValue(in, ModelDescription.class);
      }
      try (InputStream in = files.open(new Path(path, PARAMETERS))) {
        return new TrainedModel(description, ModelFile.read(in));
      }
    } catch (IOException e) {
      throw new UserError("Cannot load a model from " + folder + ": " + e.getMessage(), e);
    }
  }
}
