package dev.kennel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Deeplearning4j's own loader and writer are what the file is held to. */
class ModelFileTest {
  /** 1.7 million parameters: seven pieces, the last one not full. */
  private final ComputationGraph network = customCnn();

  @Test
  void deeplearning4jLoadsTheSameParametersBitForBitAndTheSameConfiguration() throws IOException {
    assertIsTheNetwork(
        ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(saved()), true));
  }

  @Test
  void whatIsLoadedHasTheSameParametersBitForBitAndTheSameConfiguration() throws IOException {
    assertIsTheNetwork(ModelFile.read(new ByteArrayInputStream(saved())));
  }

  @Test
  void aFileOfDeeplearning4jIsLoadedAsWell() throws IOException {
    assertIsTheNetwork(ModelFile.read(new ByteArrayInputStream(savedByDeeplearning4j())));
  }

  @Test
  void theEntriesAreThoseOfDeeplearning4jByteForByte() throws IOException {
    Map<String, byte[]> entries = entries(saved());
    Map<String, byte[]> expected = entries(savedByDeeplearning4j());
    assertThat(entries.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach((name, bytes) -> assertThat(entries.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void aByteThatChangedInTheFileIsFound() throws IOException {
    byte[] file = saved();
    file[file.length / 2]++; // among the parameters
    assertThatThrownBy(() -> ModelFile.read(new ByteArrayInputStream(file)))
        .isInstanceOf(ZipException.class)
        .hasMessageStartingWith("invalid entry CRC");
  }

  @Test
  void aFileThatWasCutShortIsFound() throws IOException {
    byte[] half = Arrays.copyOf(saved(), saved().length / 2);
    assertThatThrownBy(() -> ModelFile.read(new ByteArrayInputStream(half)))
        .isInstanceOf(IOException.class)
        .hasMessage("unexpected EOF");
  }

  @Test
  void whatIsNoModelIsAnError() {
    assertThatThrownBy(() -> ModelFile.read(new ByteArrayInputStream(new byte[100])))
        .isInstanceOf(IOException.class)
        .hasMessage("it is no zip with configuration.json and after it coefficients.bin");
  }

  @Test
  void parametersOfAnotherTypeAreAnError() throws IOException {
    ComputationGraph doubles =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                    "out", new OutputLayer.Builder(LossFunction.MSE).nIn(2).nOut(2).build(), "in")
                .setOutputs("out")
                .build());
    doubles.init();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelSerializer.writeModel(doubles, out, false);
    assertThatThrownBy(() -> ModelFile.read(new ByteArrayInputStream(out.toByteArray())))
        .isInstanceOf(IOException.class)
        .hasMessage("its parameters are of type DOUBLE, not FLOAT");
  }

  private void assertIsTheNetwork(ComputationGraph loaded) {
    assertThat(bits(loaded)).isEqualTo(bits(network));
    assertThat(loaded.getConfiguration()).isEqualTo(network.getConfiguration());
    assertThat(loaded.getConfiguration().toJson()).isEqualTo(network.getConfiguration().toJson());
  }

  private static int[] bits(ComputationGraph network) {
    float[] parameters = network.params().data().asFloat();
    int[] bits = new int[parameters.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(parameters[i]));
    return bits;
  }

  private byte[] saved() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelFile.write(network, out);
    return out.toByteArray();
  }

  private byte[] savedByDeeplearning4j() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, out, false);
    return out.toByteArray();
  }

  private static Map<String, byte[]> entries(byte[] zip) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  private static ComputationGraph customCnn() {
    ComputationGraph network =
        new ComputationGraph(Network.CUSTOMCNN.configure(120, 32, Optimization.NONE));
    network.init();
    Initialization.initialize(network, 1);
    return network;
  }
}
