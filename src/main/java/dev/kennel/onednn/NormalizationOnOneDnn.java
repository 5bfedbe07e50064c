package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_backward;
import static org.bytedeco.dnnl.global.dnnl.dnnl_batch_normalization_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_batch_normalization_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_fuse_norm_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_global_stats;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_scaleshift;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_batch_normalization_desc_t;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@link Normalization} in oneDNN. */
final class NormalizationOnOneDnn extends BaseLayer<Normalization> implements PartlyTrained {
  private static final String GAMMA = BatchNormalizationParamInitializer.GAMMA;
  private static final String BETA = BatchNormalizationParamInitializer.BETA;
  private static final String MEAN = BatchNormalizationParamInitializer.GLOBAL_MEAN;
  private static final String VARIANCE = BatchNormalizationParamInitializer.GLOBAL_VAR;

  private final Map<List<Long>, Training> trainings = new HashMap<>(); // by the input's sizes
  private final Map<List<Long>, Primitive> inferences = new HashMap<>();
  private boolean isTrained = true;
  private INDArray batchMean; // [1, features], of the latest batch
  private INDArray batchVariance; // biased

  NormalizationOnOneDnn(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public void train(boolean itself, boolean below) {
    isTrained = itself;
    trainings.clear();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    input = Memory.inOrder(input, ArrayType.ACTIVATIONS, workspaces); // kept for the way back
    INDArray output =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, input.dataType(), input.shape(), 'c');
    Primitive forward;
    if (training) {
      Training plan = training();
      if (plan.isGivenStatistics) {
        BatchStatistics.compute(input, batchMean, batchVariance);
      }
      forward =
          plan.forward
              .with(DNNL_ARG_MEAN, Memory.address(mean()))
              .with(DNNL_ARG_VARIANCE, Memory.address(variance()));
    } else {
      forward =
          inferences
              .computeIfAbsent(sizes(), sizes -> inference())
              .with(DNNL_ARG_MEAN, Memory.address(getParam(MEAN)))
              .with(DNNL_ARG_VARIANCE, Memory.address(getParam(VARIANCE)));
    }
    forward
        .with(DNNL_ARG_SRC, Memory.address(input))
        .with(DNNL_ARG_SCALE_SHIFT, Memory.address(getParam(GAMMA))) // the bias lies behind it
        .with(DNNL_ARG_DST, Memory.address(output))
        .run();
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    Training plan = training();
    INDArray outputGradient = Memory.inOrder(epsilon, ArrayType.BP_WORKING_MEM, workspaces);
    INDArray inputGradient =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
    plan.backward
        .with(DNNL_ARG_SRC, Memory.address(input))
        .with(DNNL_ARG_MEAN, Memory.address(mean()))
        .with(DNNL_ARG_VARIANCE, Memory.address(variance()))
        .with(DNNL_ARG_SCALE_SHIFT, Memory.address(getParam(GAMMA)))
        .with(DNNL_ARG_DIFF_DST, Memory.address(outputGradient))
        .with(DNNL_ARG_DIFF_SRC, Memory.address(inputGradient))
        .with(DNNL_ARG_DIFF_SCALE_SHIFT, Memory.address(parameterGradients(workspaces)))
        .run();
    Gradient gradient = new DefaultGradient();
    if (!isTrained) {
      return new Pair<>(gradient, inputGradient);
    }
    moveRunningStatistics();
    for (String name : List.of(GAMMA, BETA, MEAN, VARIANCE)) {
      gradient.setGradientFor(name, gradientViews.get(name));
    }
    return new Pair<>(gradient, inputGradient);
  }

  /** Where those of weight and bias go: oneDNN has no code that leaves them out. */
  private INDArray parameterGradients(LayerWorkspaceMgr workspaces) {
    return isTrained
        ? gradientViews.get(GAMMA)
        : workspaces.createUninitialized(
            ArrayType.BP_WORKING_MEM, DataType.FLOAT, 2 * layerConf().getNOut());
  }

  /**
   * The running statistics move by "gradients" that are subtracted as they are: (1 − decay) ·
   * (running − batch), with the batch's unbiased variance.
   */
  private void moveRunningStatistics() {
    float momentum = (float) (1 - layerConf().getDecay());
    long n = input.length() / layerConf().getNOut();
    float unbiased = n > 1 ? n / (n - 1f) : 1;
    step(MEAN, batchMean, 1, momentum);
    step(VARIANCE, batchVariance, unbiased, momentum);
  }

  private void step(String statistic, INDArray ofBatch, float factor, float momentum) {
    int features = (int) layerConf().getNOut();
    FloatBuffer running = Memory.floats(Memory.address(getParam(statistic)), features);
    FloatBuffer batch = Memory.floats(Memory.address(ofBatch), features);
    FloatBuffer step = Memory.floats(Memory.address(gradientViews.get(statistic)), features);
    for (int i = 0; i < features; i++) {
      step.put(i, momentum * (running.get(i) - factor * batch.get(i)));
    }
  }

  /** The steps of the running statistics are no sums over the batch. */
  @Override
  public boolean updaterDivideByMinibatch(String parameter) {
    return !parameter.equals(MEAN) && !parameter.equals(VARIANCE);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  private List<Long> sizes() {
    return Arrays.stream(input.shape()).boxed().toList();
  }

  private Training training() {
    if (batchMean == null && isTrained) {
      try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        batchMean = Nd4j.create(DataType.FLOAT, 1, layerConf().getNOut());
        batchVariance = Nd4j.create(DataType.FLOAT, 1, layerConf().getNOut());
      }
    }
    return trainings.computeIfAbsent(sizes(), sizes -> new Training());
  }

  /** What a training step normalizes by: of running statistics no gradient is taken. */
  private INDArray mean() {
    return isTrained ? batchMean : getParam(MEAN);
  }

  private INDArray variance() {
    return isTrained ? batchVariance : getParam(VARIANCE);
  }

  private Primitive inference() {
    return forward(dnnl_forward_inference, flags() | dnnl_use_global_stats);
  }

  private int flags() {
    return layerConf().isRelu() ? dnnl_use_scaleshift | dnnl_fuse_norm_relu : dnnl_use_scaleshift;
  }

  /** Rows as images of one pixel, for which oneDNN has faster code: up to 200 times in bf16. */
  private Layout data() {
    return input.rank() == 2
        ? Layout.plain(input.dataType(), input.size(0), input.size(1), 1, 1).asChannelsLast()
        : Layout.of(input);
  }

  private Primitive forward(int kind, int flags) {
    dnnl_batch_normalization_desc_t description = new dnnl_batch_normalization_desc_t();
    String name = "batch normalization " + layerConf().getLayerName();
    OneDnn.check(
        dnnl_batch_normalization_forward_desc_init(
            description, kind, data().descriptor(), (float) layerConf().getEps(), flags),
        "describe " + name);
    return Primitive.of(name, description);
  }

  /** The operations of a training step for one size of input. */
  private final class Training {
    private final boolean isGivenStatistics = isTrained && BatchStatistics.areNeeded(input);
    private final Primitive forward =
        forward(
            dnnl_forward_training,
            isGivenStatistics || !isTrained ? flags() | dnnl_use_global_stats : flags());
    private final Primitive backward;

    Training() {
      dnnl_batch_normalization_desc_t description = new dnnl_batch_normalization_desc_t();
      Layout data = data();
      String name = "gradient of batch normalization " + layerConf().getLayerName();
      OneDnn.check(
          dnnl_batch_normalization_backward_desc_init(
              description,
              dnnl_backward,
              data.descriptor(),
              data.descriptor(),
              (float) layerConf().getEps(),
              isTrained ? flags() : flags() | dnnl_use_global_stats),
          "describe " + name);
      backward = Primitive.of(name, description, forward);
      forward.leavesWorkspaceFor(backward);
    }
  }
}
