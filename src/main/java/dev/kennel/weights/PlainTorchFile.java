package dev.kennel.weights;

import dev.kennel.weights.StateUnpickler.Storage;
import dev.kennel.weights.TorchTensors.Place;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code torch.save} wrote before PyTorch 1.6, and writes still without its zip format: the
 * pickles of a magic number, a version, the machine, the object and the list of its storages; then
 * each storage, eight bytes of its length in elements before it (PyTorch's {@code
 * torch/serialization.py}, {@code _legacy_save}).
 */
final class PlainTorchFile {
  /** Bytes in which the pickles must end. */
  private static final long MOST_PICKLES = 1 << 24;

  private static final String MAGIC = "119547037146038801333356"; // 0x1950a86a20f9469cfc6c

  private PlainTorchFile() {}

  static Map<String, Tensor> tensors(FileChannel channel) throws IOException {
    ByteArrayInputStream bytes =
        new ByteArrayInputStream(WeightFile.read(channel, 0, MOST_PICKLES));
    int all = bytes.available();
    if (!MAGIC.equals(String.valueOf(next(bytes)))) {
      throw new IOException("it is a pickle, but not one of torch.save");
    }
    String version = String.valueOf(next(bytes));
    if (!version.equals("1001")) {
      throw new IOException("it is of version " + version + " of torch.save, not 1001");
    }
    if (next(bytes) instanceof Map<?, ?> machine
        && Boolean.FALSE.equals(machine.get("little_endian"))) {
      throw new IOException("it was written on a big-endian machine");
    }
    StateUnpickler unpickler = new StateUnpickler(bytes);
    Object root = unpickler.next();
    if (!(next(bytes) instanceof List<?> keys)) {
      throw new IOException("it has no list of its storages");
    }
    Map<String, Place> places =
        places(channel, all - bytes.available(), keys, unpickler.storages());
    return TorchTensors.tensors(root, storage -> places.get(storage.key()));
  }

  private static Object next(ByteArrayInputStream bytes) throws IOException {
    return new StateUnpickler(bytes).next();
  }

  private static Map<String, Place> places(
      FileChannel channel, long begin, List<?> keys, Map<String, Storage> storages)
      throws IOException {
    Map<String, Place> places = new HashMap<>();
    long at = begin;
    for (Object key : keys) {
      Storage storage = storages.get(String.valueOf(key));
      if (storage == null) {
        throw new IOException("its storage %s is of no tensor".formatted(key));
      }
      ByteBuffer length = ByteBuffer.wrap(WeightFile.read(channel, at, Long.BYTES));
      at += Long.BYTES;
      if (length.remaining() < Long.BYTES
          || length.order(ByteOrder.LITTLE_ENDIAN).getLong() != storage.count()
          || storage.count() < 0
          || storage.count() > (channel.size() - at) / storage.type().bytes()) {
        throw new IOException(
            "its storage %s is said to have %d elements, and it has others, or is cut short"
                .formatted(key, storage.count()));
      }
      long bytes = storage.count() * storage.type().bytes();
      if (places.put(storage.key(), new Place(at, bytes)) != null) {
        throw new IOException("it has two storages " + storage.key());
      }
      at += bytes;
    }
    if (!places.keySet().containsAll(storages.keySet())) {
      throw new IOException("its list of storages lacks some of its tensors'");
    }
    return places;
  }
}
