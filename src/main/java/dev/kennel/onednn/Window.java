package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_exclude_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_include_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;

import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a pooling does to one size of input.
 *
 * @param algorithm oneDNN's number for maximum or mean
 * @param source the input as an image
 * @param output the output as an image
 * @param outputShape shape of the output's array
 * @param kernel height and width of the window
 * @param stride from window to window
 * @param padding on all sides
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to oneDNN, never compared
record Window(
    int algorithm,
    Layout source,
    Layout output,
    long[] outputShape,
    long[] kernel,
    long[] stride,
    long[] padding) {

  static Window of(Pooling layer, INDArray input) {
    int algorithm =
        layer.getPoolingType() == PoolingType.MAX
            ? dnnl_pooling_max
            : layer.isAvgPoolIncludePadInDivisor()
                ? dnnl_pooling_avg_include_padding
                : dnnl_pooling_avg_exclude_padding;
    long[] in = Layout.sizes(input);
    long[] kernel = {layer.getKernelSize()[0], layer.getKernelSize()[1]};
    long[] stride = {layer.getStride()[0], layer.getStride()[1]};
    long[] padding = {layer.getPadding()[0], layer.getPadding()[1]};
    long height = (in[2] + 2 * padding[0] - kernel[0]) / stride[0] + 1;
    long width = (in[3] + 2 * padding[1] - kernel[1]) / stride[1] + 1;
    return new Window(
        algorithm,
        Layout.of(input),
        Layout.images(input.dataType(), in[0], in[1], height, width),
        Layout.shape(input.dataType(), in[0], in[1], height, width),
        kernel,
        stride,
        padding);
  }

  /** The mean of each channel. */
  static Window wholeImage(INDArray input) {
    long[] in = Layout.sizes(input);
    long[] size = {in[2], in[3]};
    return new Window(
        dnnl_pooling_avg_exclude_padding,
        Layout.of(input),
        Layout.images(input.dataType(), in[0], in[1], 1, 1), // in memory just [batch, channels]
        new long[] {in[0], in[1]},
        size,
        size,
        new long[] {0, 0});
  }

  /** The mean of each feature of even index and its neighbours; rows are images of height 1. */
  static Window ofThreeFeatures(INDArray input) {
    long batch = input.size(0);
    long features = input.size(1);
    long outputs = (features + 1) / 2;
    return new Window(
        dnnl_pooling_avg_include_padding,
        Layout.plain(input.dataType(), batch, 1, 1, features),
        Layout.plain(input.dataType(), batch, 1, 1, outputs),
        new long[] {batch, outputs},
        new long[] {1, 3},
        new long[] {1, 2},
        new long[] {0, 1});
  }
}
