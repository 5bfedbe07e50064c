package dev.kennel.weights;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A file of named tensors, open for reading: what {@code torch.save} writes of a {@code
 * state_dict}, as a zip archive or in the older plain form, or safetensors. It is told apart by its
 * content. Names, shapes and places are checked when it is opened; values are read one piece at a
 * time, whatever the size.
 *
 * <p>Of a checkpoint with a {@code state_dict} in it only that is read, without what DataParallel
 * or torch.compile put before its names.
 */
public final class WeightFile implements Closeable {
  /** Elements of a piece, but the last. */
  private static final int PIECE = 1 << 18;

  private final FileChannel channel;
  private final Map<String, Tensor> tensors;

  private WeightFile(FileChannel channel, Map<String, Tensor> tensors) {
    this.channel = channel;
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /**
   * Opens a file and reads its directory.
   *
   * @throws IOException whose message says in one line what is wrong with the file
   */
  public static WeightFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file);
    try {
      return new WeightFile(channel, tensors(channel, file));
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  private static Map<String, Tensor> tensors(FileChannel channel, Path file) throws IOException {
    byte[] begin = new byte[(int) Math.min(16, channel.size())];
    readFully(channel, ByteBuffer.wrap(begin), 0);
    if (begin.length > 3 && begin[0] == 'P' && begin[1] == 'K' && begin[2] == 3 && begin[3] == 4) {
      return TorchArchive.tensors(channel, file);
    }
    if (begin.length > 1 && begin[0] == (byte) 0x80 && begin[1] >= 2 && begin[1] <= 5) {
      return PlainTorchFile.tensors(channel);
    }
    if (begin.length > 8 && begin[8] == '{') {
      return Safetensors.tensors(channel);
    }
    throw new IOException("it is neither safetensors nor a file of torch.save");
  }

  /** The tensors by name, in the order of the file. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * Reads a tensor's values as 32-bit floats, the last index running fastest.
   *
   * @param to is given them piece by piece, in a buffer that is used again
   */
  public void read(Tensor tensor, Consumer<FloatBuffer> to) throws IOException {
    FloatBuffer floats = FloatBuffer.allocate((int) Math.min(PIECE, tensor.count()));
    if (!tensor.isDense()) {
      readStrided(tensor, floats, to);
      return;
    }
    int size = tensor.type().bytes();
    ByteBuffer bytes = ByteBuffer.allocate(floats.capacity() * size).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = 0; at < tensor.count(); at += PIECE) {
      int now = (int) Math.min(PIECE, tensor.count() - at);
      readFully(channel, bytes.clear().limit(now * size), tensor.offset() + at * size);
      tensor.type().toFloats(bytes.flip(), floats.clear());
      to.accept(floats.flip());
    }
  }

  /** Its elements lie in another order, as those of PyTorch's channels-last tensors. */
  private void readStrided(Tensor tensor, FloatBuffer floats, Consumer<FloatBuffer> to)
      throws IOException {
    int size = tensor.type().bytes();
    long reach = tensor.reach() * size;
    if (reach > Integer.MAX_VALUE) {
      throw new IOException(
          "%s is not contiguous, and larger than 2 GiB; save it with contiguous()"
              .formatted(tensor.name()));
    }
    ByteBuffer all =
        channel
            .map(FileChannel.MapMode.READ_ONLY, tensor.offset(), reach)
            .order(ByteOrder.LITTLE_ENDIAN);
    long[] index = new long[tensor.shape().size()];
    floats.clear();
    for (long left = tensor.count(); left > 0; left--) {
      long at = 0;
      for (int d = 0; d < index.length; d++) {
        at += index[d] * tensor.strides().get(d);
      }
      int from = (int) at * size;
      tensor.type().toFloats(all.limit(from + size).position(from), floats);
      if (!floats.hasRemaining() || left == 1) {
        to.accept(floats.flip());
        floats.clear();
      }
      for (int d = index.length - 1; d >= 0 && ++index[d] == tensor.shape().get(d); d--) {
        index[d] = 0;
      }
    }
  }

  /** A tensor's values; only for those that fit an array. */
  public float[] floats(Tensor tensor) throws IOException {
    FloatBuffer all = FloatBuffer.allocate(Math.toIntExact(tensor.count()));
    read(tensor, all::put);
    return all.array();
  }

  static void readFully(FileChannel channel, ByteBuffer to, long at) throws IOException {
    for (long from = at; to.hasRemaining(); ) {
      int read = channel.read(to, from);
      if (read < 0) {
        throw new EOFException("it ends after " + channel.size() + " bytes, before its tensors do");
      }
      from += read;
    }
  }

  /** Bytes of the file from a place on, not more than there are. */
  static byte[] read(FileChannel channel, long at, long most) throws IOException {
    byte[] bytes = new byte[(int) Math.min(most, Math.max(0, channel.size() - at))];
    readFully(channel, ByteBuffer.wrap(bytes), at);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
