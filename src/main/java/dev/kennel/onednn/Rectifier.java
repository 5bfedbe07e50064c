package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;

import org.bytedeco.dnnl.dnnl_eltwise_desc_t;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.nd4j.linalg.api.buffer.DataType;

/** ReLU, max(x, 0), by itself or as the last part of another operation, and its gradient. */
final class Rectifier {
  private final Primitive forward;
  private final Primitive backward;

  /** For so many elements of that format. */
  Rectifier(DataType type, long elements) {
    Layout data = Layout.plain(type, elements);
    dnnl_eltwise_desc_t description = new dnnl_eltwise_desc_t();
    OneDnn.check(
        dnnl_eltwise_forward_desc_init(
            description,
            dnnl_forward_training,
            dnnl_eltwise_relu_use_dst_for_bwd,
            data.descriptor(),
            0,
            0),
        "describe ReLU");
    forward = Primitive.of("ReLU", description);
    description = new dnnl_eltwise_desc_t();
    OneDnn.check(
        dnnl_eltwise_backward_desc_init(
            description,
            dnnl_eltwise_relu_use_dst_for_bwd,
            data.descriptor(),
            data.descriptor(),
            0,
            0),
        "describe the gradient of ReLU");
    backward = Primitive.of("gradient of ReLU", description, forward);
  }

  /** Makes ReLU the last part of an operation. */
  static void appendTo(dnnl_primitive_attr attributes) {
    dnnl_post_ops then = new dnnl_post_ops();
    OneDnn.check(dnnl_post_ops_create(then), "append ReLU");
    try {
      OneDnn.check(dnnl_post_ops_append_eltwise(then, 1, dnnl_eltwise_relu, 0, 0), "append ReLU");
      OneDnn.check(dnnl_primitive_attr_set_post_ops(attributes, then), "append ReLU");
    } finally {
      dnnl_post_ops_destroy(then);
    }
  }

  /** Computes it in place. */
  void forward(long values) {
    forward.with(DNNL_ARG_SRC, values).with(DNNL_ARG_DST, values).run();
  }

  /** Lets those gradients pass whose output was above 0. All three are addresses. */
  void backward(long output, long outputGradient, long inputGradient) {
    backward
        .with(DNNL_ARG_DST, output)
        .with(DNNL_ARG_DIFF_DST, outputGradient)
        .with(DNNL_ARG_DIFF_SRC, inputGradient)
        .run();
  }
}
