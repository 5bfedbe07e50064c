package dev.kennel.model;

import dev.kennel.config.UserError;
import dev.kennel.network.Network;
import dev.kennel.network.StateDict;
import dev.kennel.weights.NewTensor;
import dev.kennel.weights.WeightFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A trained model in a format that other programs read, and beside the file, as JSON, what must be
 * known to use it: {@code resnet18.onnx.json} for {@code resnet18.onnx}, so that a folder holds a
 * model in several formats; but {@code config.json} for {@code model.safetensors}, the names by
 * which timm finds the two in a folder. An ONNX file too large for one has its parameters in {@code
 * resnet18.onnx.data}.
 */
public final class Export {
  private static final int IR_VERSION = 7; // of ONNX's messages: that of opset 13
  private static final String NAME_FOR_TIMM = "model.safetensors";

  private final TrainedModel model;
  private final ExportFormat format;
  private final StateDict dict;
  private final long onnxLimit;

  /** A file that was written. */
  public record Written(String path, long bytes) {}

  /** An export of a model, to be written. */
  public Export(TrainedModel model, ExportFormat format) {
    this(model, format, OnnxFile.LIMIT);
  }

  /** The same, for an ONNX file of at most that many bytes of parameters. */
  Export(TrainedModel model, ExportFormat format, long onnxLimit) {
    this.model = model;
    this.format = format;
    this.dict = StateDict.of(Network.of(model.description().network()), model.network());
    this.onnxLimit = onnxLimit;
  }

  /** The file's usual name, such as {@code resnet18.onnx}. */
  public String usualName() {
    return model.description().network() + "." + format.extension();
  }

  /** One line of Python that opens the file, which is at that place. */
  public String example(String file) {
    return description(List.of(file)).example(file);
  }

  /**
   * Writes the files, on any file system that Hadoop opens; they appear when all are whole. The
   * parameters go through the heap in pieces.
   *
   * @param file where the model goes, in a folder that is made if there is none
   * @param overwrite whether files of an earlier export to that place are replaced
   * @return what was written, the model first
   * @throws UserError if there are such files and they are not to be replaced, or the files cannot
   *     be written there
   */
  public List<Written> write(Configuration hadoop, String file, boolean overwrite) {
    try {
      Path path = new Path(file);
      FileSystem files = withoutChecksums(path.getFileSystem(hadoop));
      Path absolute = files.makeQualified(path);
      if (files.exists(absolute) && files.getFileStatus(absolute).isDirectory()) {
        throw new UserError("Cannot export to " + file + ": it is a folder; name a file in it");
      }
      return write(files, absolute, overwrite);
    } catch (IllegalArgumentException e) { // of Hadoop's paths
      throw new UserError("Cannot export to \"%s\": %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new UserError("Cannot export to %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Local files without the hidden ones in which Hadoop would keep their checksums. */
  private static FileSystem withoutChecksums(FileSystem files) {
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  private List<Written> write(FileSystem files, Path file, boolean overwrite) throws IOException {
    Path data = file.suffix(".data");
    Path json = besides(file);
    List<Path> earlier = new ArrayList<>();
    for (Path path :
        format == ExportFormat.ONNX ? List.of(file, data, json) : List.of(file, json)) {
      if (files.exists(path)) {
        earlier.add(path);
      }
    }
    if (!earlier.isEmpty() && !overwrite) {
      throw new UserError(
          "Cannot export to %s: %s exists already; name another --file, or give --overwrite"
              .formatted(file.getName(), earlier.get(0).toUri().getPath()));
    }
    try (StagedFiles staged = new StagedFiles(files)) {
      List<Path> written = stage(staged, file, data, json);
      staged.publish(earlier);
      List<Written> sizes = new ArrayList<>();
      for (Path path : written) {
        sizes.add(new Written(shown(path), files.getFileStatus(path).getLen()));
      }
      return sizes;
    }
  }

  /** Writes the files aside, in the order in which they will appear; returns the model's first. */
  private List<Path> stage(StagedFiles staged, Path file, Path data, Path json) throws IOException {
    List<Path> model = new ArrayList<>(List.of(file));
    OnnxFile onnx = format == ExportFormat.ONNX ? onnx(data.getName()) : null;
    if (onnx != null && onnx.hasData()) {
      model.add(data);
    }
    ExportDescription description = description(model.stream().map(Path::getName).toList());
    try (OutputStream out = staged.create(json)) {
      out.write(description.json());
    }
    if (model.contains(data)) {
      try (OutputStream out = staged.create(data)) {
        onnx.writeData(out);
      }
    }
    try (OutputStream out = staged.create(file)) {
      switch (format) {
        case ONNX -> onnx.write(out);
        case PTH -> WeightFormat.PTH.write(dict.tensors(), Map.of(), out);
        case SAFETENSORS -> WeightFormat.SAFETENSORS.write(dict.tensors(), texts(), out);
      }
    }
    model.add(json);
    return model;
  }

  private ExportDescription description(List<String> files) {
    return new ExportDescription(model.description(), format, files);
  }

  private static Path besides(Path file) {
    return file.getName().equals(NAME_FOR_TIMM)
        ? new Path(file.getParent(), "config.json")
        : file.suffix(".json");
  }

  private static String shown(Path path) {
    boolean isLocal = "file".equals(path.toUri().getScheme());
    return isLocal ? path.toUri().getPath() : path.toString();
  }

  private Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("format", "pt"); // by which Hugging Face's libraries know PyTorch's parameters
    texts.putAll(description(List.of()).texts());
    return texts;
  }

  private OnnxFile onnx(String dataName) {
    GraphProto graph = OnnxGraph.of(model.description(), model.network(), dict);
    Set<String> used =
        graph.getNodeList().stream()
            .flatMap(node -> node.getInputList().stream())
            .collect(Collectors.toSet());
    List<NewTensor> parameters =
        dict.tensors().stream().filter(tensor -> used.contains(tensor.name())).toList();
    ModelProto.Builder head =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("Kennel")
            .setProducerVersion(model.description().kennelVersion())
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OnnxGraph.OPSET));
    description(List.of())
        .texts()
        .forEach((key, value) -> head.addMetadataProps(OnnxFile.entry(key, value)));
    return new OnnxFile(head.build(), graph, parameters, dataName, onnxLimit);
  }
}
