package dev.kennel.cli;

import dev.kennel.model.Export;
import dev.kennel.model.Export.Written;
import dev.kennel.model.ExportFormat;
import dev.kennel.model.TrainedModel;
import dev.kennel.onednn.Arithmetic;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kennel export}: a trained model for other programs. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    description = {
      "Writes a trained model for PyTorch, timm or any ONNX runtime, and beside it, as JSON, what",
      "must be known to use it: class names by label, and how an image becomes the network's input.",
      "Starts no Spark.%n"
    },
    footer = {
      "",
      "safetensors and pth hold the parameters by PyTorch's names: torchvision's for the ResNets.",
      "onnx holds the computation too: image [batch, 3, size, size] to logits and probabilities,",
      "for any batch size. Above 1 GiB of parameters they lie in FILE.data, to be kept beside it.",
      "",
      "The description is FILE.json; of a FILE named model.safetensors it is config.json, and timm",
      "opens the folder of a ResNet.",
      "",
      "Examples:",
      "  kennel export --model dogs-run/models/RUN_ID/resnet18 --format onnx",
      "  kennel export --model dogs-run/models/RUN_ID/resnet18 --format pth --file dogs.pth",
      "  kennel export --model hdfs:///dogs/run/models/RUN_ID/resnet50 --format safetensors \\",
      "    --file timm-dogs/model.safetensors"
    })
final class ExportCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the model, as kennel train names it when it has trained a network.")
  private String model;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      description = "safetensors, pth or onnx.")
  private ExportFormat format;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "Where to write it, on any file system that Hadoop opens (default: the network's name and"
              + " the format's, such as resnet18.onnx, in this folder).")
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--overwrite",
      description = "Replace what an earlier export wrote there, which is an error otherwise.")
  private boolean overwrite;

  @Override
  public Integer call() {
    Arithmetic.chooseBinary();
    Configuration hadoop = SparkSessions.hadoop();
    Export export = new Export(TrainedModel.load(hadoop, model), format);
    String target = file.orElseGet(() -> "file:" + Path.of(export.usualName()).toAbsolutePath());
    for (Written written : export.write(hadoop, target, overwrite)) {
      System.out.printf("Wrote %s, %,d bytes%n", written.path(), written.bytes());
    }
    System.out.println("To open it in Python:");
    System.out.println("  " + export.example(file.orElseGet(export::usualName)));
    return 0;
  }
}
