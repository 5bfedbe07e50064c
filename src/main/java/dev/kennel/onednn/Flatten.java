package dev.kennel.onednn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Images as rows, [batch, channels, height, width] → [batch, channels · height · width], in that
 * order whatever order they lie in.
 *
 * <p>Its class name is part of every saved model.
 */
public final class Flatten extends CnnToFeedForwardPreProcessor {
  /** From images of one shape to rows and back. */
  private static final class Plan {
    private final Primitive toRows;
    private final Primitive toImages;

    Plan(INDArray images) {
      Layout blocked = Layout.of(images);
      toRows = Primitive.reorder(blocked, blocked.asPlain());
      toImages = Primitive.reorder(blocked.asPlain(), blocked);
    }
  }

  private transient long[] blocked; // shape of the latest images, if they were blocked
  private transient Map<List<Long>, Plan> plans; // by the shape of blocked images

  /** Flattens images of that size. */
  @JsonCreator
  public Flatten(
      @JsonProperty("inputHeight") long inputHeight,
      @JsonProperty("inputWidth") long inputWidth,
      @JsonProperty("numChannels") long numChannels) {
    super(inputHeight, inputWidth, numChannels);
  }

  @Override
  public Flatten clone() {
    Flatten copy = (Flatten) super.clone();
    copy.plans = null; // they are one network's
    return copy;
  }

  @Override
  public INDArray preProcess(INDArray images, int batch, LayerWorkspaceMgr workspaces) {
    blocked = images.rank() == 5 ? images.shape() : null;
    if (blocked == null) {
      return super.preProcess(images, batch, workspaces);
    }
    long[] sizes = Layout.sizes(images);
    long features = sizes[1] * sizes[2] * sizes[3];
    if (sizes[2] * sizes[3] == 1) {
      return images.reshape('c', sizes[0], features);
    }
    INDArray rows =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS, images.dataType(), new long[] {sizes[0], features}, 'c');
    plan(images).toRows.run(Memory.address(images), Memory.address(rows));
    return rows;
  }

  @Override
  public INDArray backprop(INDArray rows, int batch, LayerWorkspaceMgr workspaces) {
    if (rows == null) { // of the network's first layer
      return null;
    }
    if (blocked == null) {
      return super.backprop(rows, batch, workspaces);
    }
    if (blocked[2] * blocked[3] == 1) {
      return rows.reshape('c', blocked);
    }
    INDArray images =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, rows.dataType(), blocked, 'c');
    plan(images).toImages.run(Memory.address(rows), Memory.address(images));
    return images;
  }

  private Plan plan(INDArray images) {
    if (plans == null) {
      plans = new HashMap<>();
    }
    return plans.computeIfAbsent(
        Arrays.stream(images.shape()).boxed().toList(), shape -> new Plan(images));
  }
}
