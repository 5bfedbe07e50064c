package dev.kennel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import dev.kennel.image.Augmentation;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainedModelTest {
  @TempDir private Path folder;
  private final Configuration hadoop = new Configuration();

  @Test
  void aLoadedModelAnswersAsTheSavedOne() throws IOException {
    TrainedModel model = model();
    save(model);
    TrainedModel loaded = TrainedModel.load(hadoop, folder + "/models/run/customcnn");
    INDArray images = Nd4j.rand(2, 3, 32, 32);
    assertThat(loaded.network().outputSingle(images))
        .isEqualTo(model.network().outputSingle(images));
    assertThat(loaded.description()).isEqualTo(model.description());
    assertThat(loaded.description().classNames()).containsExactly("beagle", "pug");
  }

  @Test
  void theUnfinishedModelLeavesNothingBehind() throws IOException {
    save(model());
    try (var left = Files.list(folder.resolve("staging"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aModelIsNeverOverwritten() throws IOException {
    save(model());
    assertThatThrownBy(() -> save(model()))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("it exists already");
  }

  @Test
  void aFolderWithoutAModelIsAnError() {
    assertThatThrownBy(() -> TrainedModel.load(hadoop, folder.toString()))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot load a model from "
                + folder
                + ": it has no SHA256SUMS; kennel train saves models in OUTPUT/models/RUN_ID/NETWORK");
  }

  private void save(TrainedModel model) throws IOException {
    model.save(hadoop, folder + "/staging", folder + "/models/run/customcnn");
  }

  static TrainedModel model() {
    ComputationGraph network =
        new ComputationGraph(Network.CUSTOMCNN.configure(2, 32, Optimization.NONE));
    network.init();
    Initialization.initialize(network, 1);
    return new TrainedModel(
        new ModelDescription(
            ModelDescription.FORMAT,
            "customcnn",
            32,
            List.of("n02088364-beagle", "n02110958-pug"),
            List.of("beagle", "pug"),
            Augmentation.MEAN,
            Augmentation.STANDARD_DEVIATION,
            0,
            false,
            "run",
            3,
            "0.1.0"),
        network);
  }
}
