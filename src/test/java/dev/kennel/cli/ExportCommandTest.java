package dev.kennel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.model.ExampleModels;
import dev.kennel.model.OnnxAnswers;
import dev.kennel.model.TrainedModel;
import dev.kennel.network.Network;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  @Test
  void itTellsWhatItWroteAndHowToOpenIt(@TempDir Path folder) throws Exception {
    TrainedModel model = ExampleModels.of(Network.RESNET18, 6, 32);
    model.save(new Configuration(), folder + "/staging", folder + "/resnet18");
    Path file = folder.resolve("out/dogs.onnx");

    String told = run("export --model %s/resnet18 --format ONNX --file %s".formatted(folder, file));

    assertThat(told)
        .isEqualTo(
            """
            Wrote %1$s, %2$,d bytes
            Wrote %1$s.json, %3$,d bytes
            To open it in Python:
              (probabilities,) = onnxruntime.InferenceSession("%1$s").run(["probabilities"], {"image": images})
            """
                .formatted(file, Files.size(file), Files.size(Path.of(file + ".json"))));
    try (OnnxAnswers answers = new OnnxAnswers(file)) {
      answers.areThoseOf(model.network(), 32);
    }
  }

  private static String run(String arguments) {
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertThat(CommandLineInterface.run(arguments.split(" "))).isZero();
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
