package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_acdb;
import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_tag;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sizes and order in memory of a tensor of f32 or bf16 numbers: oneDNN's memory descriptor.
 *
 * <p>Images go from layer to layer in the order that oneDNN computes fastest in: where the channels
 * are a multiple of the registers' floats (16 with AVX-512, 8 with AVX2), as an array of shape
 * [batch, channels / block, height, width, block]; else as [batch, channels, height, width]. The
 * block is a register; for bf16 on processors with AMX it is all channels, which is PyTorch's order
 * "channels last".
 */
final class Layout {
  private final dnnl_memory_desc_t descriptor;

  private Layout(dnnl_memory_desc_t descriptor) {
    this.descriptor = descriptor;
  }

  /** A copy of a descriptor that belongs to something else. */
  static Layout copyOf(dnnl_memory_desc_t descriptor) {
    dnnl_memory_desc_t copy = new dnnl_memory_desc_t();
    copy.put(descriptor);
    return new Layout(copy);
  }

  /** Of these sizes, the last one running fastest, in f32. */
  static Layout plain(long... sizes) {
    return plain(DataType.FLOAT, sizes);
  }

  /** Of these sizes, the last one running fastest. */
  static Layout plain(DataType type, long... sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    return strided(type, sizes, strides);
  }

  /** Of these sizes, with so many numbers from one index to the next in each of them. */
  static Layout strided(DataType type, long[] sizes, long[] strides) {
    dnnl_memory_desc_t made = new dnnl_memory_desc_t();
    OneDnn.check(
        dnnl_memory_desc_init_by_strides(made, sizes.length, sizes, number(type), strides),
        "describe a tensor of " + Arrays.toString(sizes));
    return new Layout(made);
  }

  /** Of these sizes, in whatever order the operation computes fastest. */
  static Layout any(DataType type, long... sizes) {
    return tagged(dnnl_format_tag_any, type, sizes);
  }

  /** Of an array of images, [batch, channels, height, width] or blocked, or of rows. */
  static Layout of(INDArray array) {
    if (array.rank() != 5) {
      return plain(array.dataType(), array.shape());
    }
    long channels = array.size(1) * array.size(4);
    int tag = array.size(4) == OneDnn.block() ? OneDnn.blockTag() : dnnl_acdb;
    return tagged(tag, array.dataType(), array.size(0), channels, array.size(2), array.size(3));
  }

  /** Of the array that {@link #shape} names. */
  static Layout images(DataType type, long batch, long channels, long height, long width) {
    if (channels % OneDnn.block() != 0) {
      return plain(type, batch, channels, height, width);
    }
    int tag = block(type, channels) == OneDnn.block() ? OneDnn.blockTag() : dnnl_acdb;
    return tagged(tag, type, batch, channels, height, width);
  }

  /** The same sizes, the last one running fastest. */
  Layout asPlain() {
    return plain(type(), sizes());
  }

  /** The same sizes of images, the channels running fastest. */
  Layout asChannelsLast() {
    return tagged(dnnl_acdb, type(), sizes());
  }

  /** The same sizes, in whatever order the operation computes fastest. */
  Layout asAny(DataType type) {
    return any(type, sizes());
  }

  /** Whether each index has a stride of its own: no channels in blocks. */
  boolean isStrided() {
    return descriptor.format_desc_blocking().inner_nblks() == 0;
  }

  /** Of strided images every so many-th point of both axes, from the first on. */
  Layout every(long vertical, long horizontal) {
    long[] step = {1, 1, vertical, horizontal};
    long[] sizes = sizes();
    long[] strides = new long[4];
    for (int i = 0; i < 4; i++) {
      sizes[i] = (sizes[i] - 1) / step[i] + 1;
      strides[i] = descriptor.format_desc_blocking().strides().get(i) * step[i];
    }
    return strided(type(), sizes, strides);
  }

  /** Bytes from the first point of strided images to another. */
  long offset(long y, long x) {
    return type().width()
        * (y * descriptor.format_desc_blocking().strides().get(2)
            + x * descriptor.format_desc_blocking().strides().get(3));
  }

  private long[] sizes() {
    long[] sizes = new long[descriptor.ndims()];
    descriptor.dims().get(sizes);
    return sizes;
  }

  /** The number format. */
  DataType type() {
    return descriptor.data_type() == dnnl_bf16 ? DataType.BFLOAT16 : DataType.FLOAT;
  }

  /** The same sizes and order in another number format. */
  Layout in(DataType type) {
    if (descriptor.data_type() == number(type)) {
      return this;
    }
    Layout other = copyOf(descriptor);
    other.descriptor.data_type(number(type));
    return other;
  }

  /** The shape of an array that holds such images. */
  static long[] shape(DataType type, long batch, long channels, long height, long width) {
    if (channels % OneDnn.block() != 0) {
      return new long[] {batch, channels, height, width};
    }
    long block = block(type, channels);
    return new long[] {batch, channels / block, height, width, block};
  }

  /** Channels that lie side by side in memory. */
  private static long block(DataType type, long channels) {
    return type == DataType.BFLOAT16 && OneDnn.hasTiles() ? channels : OneDnn.block();
  }

  /** Batch, channels, height and width of an array of images, blocked or not. */
  static long[] sizes(INDArray images) {
    return images.rank() == 5
        ? new long[] {
          images.size(0), images.size(1) * images.size(4), images.size(2), images.size(3)
        }
        : images.shape();
  }

  /** The number format in oneDNN's numbers. */
  private static int number(DataType type) {
    return switch (type) {
      case FLOAT -> dnnl_f32;
      case BFLOAT16 -> dnnl_bf16;
      default -> throw new IllegalArgumentException("Cannot compute with numbers of " + type);
    };
  }

  private static Layout tagged(int tag, DataType type, long... sizes) {
    dnnl_memory_desc_t made = new dnnl_memory_desc_t();
    OneDnn.check(
        dnnl_memory_desc_init_by_tag(made, sizes.length, sizes, number(type), tag),
        "describe a tensor of " + Arrays.toString(sizes));
    return new Layout(made);
  }

  dnnl_memory_desc_t descriptor() {
    return descriptor;
  }

  long bytes() {
    return dnnl_memory_desc_get_size(descriptor);
  }

  boolean isSameAs(Layout other) {
    return dnnl_memory_desc_equal(descriptor, other.descriptor) != 0;
  }
}
