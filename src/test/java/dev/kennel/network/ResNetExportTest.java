package dev.kennel.network;

import ai.onnxruntime.OrtException;
import dev.kennel.model.ExampleModels;
import dev.kennel.model.Export;
import dev.kennel.model.ExportFormat;
import dev.kennel.model.OnnxAnswers;
import dev.kennel.model.TrainedModel;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResNetExportTest {
  @Test
  void groupsAndDilationAreComputedByOnnxRuntimeToo(@TempDir Path folder) throws OrtException {
    ResNet grouped = new ResNet(true, List.of(1, 1, 1, 1), false, 4, 8, List.of(false, true, true));
    TrainedModel model =
        ExampleModels.of(Network.RESNET50, grouped.configure(10, 48, Optimization.NONE), 10, 48);
    Path file = folder.resolve("grouped.onnx");

    new Export(model, ExportFormat.ONNX).write(new Configuration(), file.toString(), false);

    try (OnnxAnswers answers = new OnnxAnswers(file)) {
      answers.areThoseOf(model.network(), 48);
    }
  }
}
