package dev.kennel.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kennel.config.UserError;
import dev.kennel.image.Augmentation;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.network.StateLayout;
import dev.kennel.weights.WeightFile;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of a trained model, checked: {@code model.json}, a {@link ModelDescription}; {@code
 * model.safetensors}, its parameters under the names that PyTorch gives them; and {@code
 * SHA256SUMS}, the checksums of both, for {@code sha256sum --check} too. Nothing in it is code, and
 * nothing is taken for what it says it is: the network is built by its name, and the parameters
 * must fit it.
 *
 * @param description what the model is
 * @param weights its parameters, a file of this machine
 * @param sha256 of that file, in hexadecimal
 */
public record ModelFolder(ModelDescription description, java.nio.file.Path weights, String sha256) {
  private static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String CHECKSUMS = "SHA256SUMS";

  private static final int MOST_TEXT = 64 << 20; // bytes: class names by the hundred thousand
  private static final int MOST_SIZE = 2048; // pixels, as of NetworkSettings
  private static final Pattern CHECKSUM = Pattern.compile("([0-9a-f]{64})  (\\S+)\n");

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Writes a file of the folder. */
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** What makes a folder unusable; the message says what is wrong with it. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    Refused(String message, Object... values) {
      super(message.formatted(values));
    }
  }

  /**
   * Writes such a folder. It appears whole, by one rename.
   *
   * @param staging a folder for the unfinished model, on the same file system
   * @param folder where the model will be; must not exist
   * @param weights writes the parameters, as safetensors
   */
  static void save(
      Configuration hadoop,
      String staging,
      String folder,
      ModelDescription description,
      Content weights)
      throws IOException {
    Path unfinished = new Path(staging, UUID.randomUUID().toString());
    Path finished = new Path(folder);
    FileSystem files = files(finished, hadoop);
    if (files.exists(finished)) {
      throw new IOException("Cannot save a model to " + folder + ": it exists already");
    }
    byte[] json = JSON.writeValueAsBytes(description);
    String checksums =
        write(files, unfinished, DESCRIPTION, out -> out.write(json))
            + write(files, unfinished, WEIGHTS, weights);
    byte[] lines = checksums.getBytes(StandardCharsets.UTF_8);
    write(files, unfinished, CHECKSUMS, out -> out.write(lines));
    files.mkdirs(finished.getParent());
    if (!files.rename(unfinished, finished)) {
      throw new IOException("Cannot save a model to " + folder + ": its rename failed");
    }
  }

  /** Without the files of checksums that Hadoop keeps beside local ones: here are better. */
  private static FileSystem files(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof LocalFileSystem local ? local.getRaw() : files;
  }

  /** Writes a file; answers with the line of its checksum. */
  private static String write(FileSystem files, Path folder, String name, Content content)
      throws IOException {
    MessageDigest digest = newDigest();
    try (OutputStream out = new DigestOutputStream(files.create(new Path(folder, name)), digest)) {
      content.write(out);
    }
    return HexFormat.of().formatHex(digest.digest()) + "  " + name + "\n";
  }

  /** Writes the same model to another folder; what is written is checked as {@link #open} does. */
  void copy(Configuration hadoop, String folder) throws IOException {
    String parent = new Path(folder).getParent().toString();
    save(hadoop, parent, folder, description, out -> Files.copy(weights, out));
    open(hadoop, folder);
  }

  /**
   * Opens a folder on any file system that Hadoop opens, and reads all of it once, for the
   * checksums. Parameters on another file system are copied to a temporary file of this machine,
   * which is removed when the process ends.
   *
   * @throws UserError if it is no such folder, or is damaged
   */
  public static ModelFolder open(Configuration hadoop, String folder) {
    try {
      Path path = new Path(folder);
      FileSystem files = files(path, hadoop);
      if (!files.exists(path)) {
        throw new Refused("there is no such folder");
      }
      Map<String, String> checksums = checksums(files, path);
      byte[] json = text(files, path, DESCRIPTION);
      check(DESCRIPTION, HexFormat.of().formatHex(newDigest().digest(json)), checksums);
      ModelDescription description = description(json);
      Path weights = new Path(path, WEIGHTS);
      java.nio.file.Path local;
      try {
        local = local(files, weights, checksums);
      } catch (FileNotFoundException e) {
        throw new Refused("it has no %s", WEIGHTS);
      }
      checkFit(description, local);
      return new ModelFolder(description, local, checksums.get(WEIGHTS));
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError("Cannot load a model from " + folder + ": " + line(e), e);
    }
  }

  private static String line(Exception e) {
    return e instanceof JsonProcessingException json
        ? DESCRIPTION
            + " cannot be read: "
            + json.getOriginalMessage().lines().findFirst().orElse("")
        : String.valueOf(e.getMessage());
  }

  private static Map<String, String> checksums(FileSystem files, Path folder) throws IOException {
    Map<String, String> checksums = new HashMap<>();
    String text = new String(text(files, folder, CHECKSUMS), StandardCharsets.UTF_8);
    Matcher line = CHECKSUM.matcher(text);
    int end = 0;
    while (line.find() && line.start() == end) {
      checksums.put(line.group(2), line.group(1));
      end = line.end();
    }
    if (end != text.length()) {
      throw new Refused("its %s has a line that is no checksum", CHECKSUMS);
    }
    return checksums;
  }

  private static byte[] text(FileSystem files, Path folder, String name) throws IOException {
    try (InputStream in = files.open(new Path(folder, name))) {
      byte[] bytes = in.readNBytes(MOST_TEXT + 1);
      if (bytes.length > MOST_TEXT) {
        throw new Refused("its %s has more than %d MiB", name, MOST_TEXT >> 20);
      }
      return bytes;
    } catch (FileNotFoundException e) {
      throw new Refused(
          "it has no %s; kennel train saves models in OUTPUT/models/RUN_ID/NETWORK", name);
    }
  }

  private static void check(String name, String sha256, Map<String, String> checksums)
      throws IOException {
    if (!checksums.containsKey(name)) {
      throw new Refused("its %s has no line for %s", CHECKSUMS, name);
    }
    if (!checksums.get(name).equals(sha256)) {
      throw new Refused(
          "its %s is damaged: its SHA-256 is %s…, not %s… as %s says",
          name, sha256.substring(0, 8), checksums.get(name).substring(0, 8), CHECKSUMS);
    }
  }

  private static ModelDescription description(byte[] json) throws IOException {
    JsonNode tree = JSON.readTree(json);
    int format = tree.path("format").asInt();
    if (format != ModelDescription.FORMAT) {
      throw new Refused(
          "it is of format %d, and this version of Kennel reads format %d",
          format, ModelDescription.FORMAT);
    }
    if (tree instanceof ObjectNode object && !object.has("test_flip")) { // of before there was one
      object.put("test_flip", false);
    }
    ModelDescription read = JSON.treeToValue(tree, ModelDescription.class);
    if (Stream.of(read.network(), read.classFolders(), read.classNames(), read.runId())
        .anyMatch(value -> value == null)) {
      throw new Refused("its %s lacks a network, its classes or its run", DESCRIPTION);
    }
    if (read.imageSize() < 1 || read.imageSize() > MOST_SIZE) {
      throw new Refused("its images are of %d px, not 1 to %d", read.imageSize(), MOST_SIZE);
    }
    if (read.decodeTarget() != 0 && read.decodeTarget() < read.imageSize()) {
      throw new Refused(
          "its images are decoded for %d px and used at %d", read.decodeTarget(), read.imageSize());
    }
    if (read.classes() < 2 || read.classFolders().size() != read.classes()) {
      throw new Refused(
          "it has %d classes in %d folders", read.classes(), read.classFolders().size());
    }
    if (!Arrays.asList(Augmentation.MEAN, Augmentation.STANDARD_DEVIATION)
        .equals(Arrays.asList(read.mean(), read.standardDeviation()))) {
      throw new Refused(
          "it takes images of mean %s and standard deviation %s, which this version does not make",
          read.mean(), read.standardDeviation());
    }
    return read;
  }

  /** Before any memory is taken for the network: whether the tensors are its parameters. */
  private static void checkFit(ModelDescription read, java.nio.file.Path weights)
      throws IOException {
    try (WeightFile file = WeightFile.open(weights)) {
      Network network = Network.of(read.network());
      List<String> others =
          StateLayout.of(
                  network, network.configure(read.classes(), read.imageSize(), Optimization.NONE))
              .check(file.tensors());
      if (!others.isEmpty()) {
        throw new Refused(
            "its %s are for another number of classes than %d",
            String.join(" and ", others), read.classes());
      }
    } catch (UserError e) {
      throw new Refused("%s", e.getMessage());
    }
  }

  /** The file on this machine, read once, and checked. */
  private static java.nio.file.Path local(
      FileSystem files, Path weights, Map<String, String> checksums) throws IOException {
    boolean isLocal = files.getUri().getScheme().equals("file");
    MessageDigest digest = newDigest();
    java.nio.file.Path target =
        isLocal ? java.nio.file.Path.of(weights.toUri().getPath()).toAbsolutePath() : temporary();
    try (InputStream in = new DigestInputStream(files.open(weights), digest);
        OutputStream out =
            isLocal ? OutputStream.nullOutputStream() : Files.newOutputStream(target)) {
      in.transferTo(out);
    }
    check(WEIGHTS, HexFormat.of().formatHex(digest.digest()), checksums);
    return target;
  }

  private static java.nio.file.Path temporary() throws IOException {
    File file = File.createTempFile("kennel-", "-" + WEIGHTS);
    file.deleteOnExit();
    return file.toPath();
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
