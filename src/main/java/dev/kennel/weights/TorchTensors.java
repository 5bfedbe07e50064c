package dev.kennel.weights;

import dev.kennel.weights.StateUnpickler.Storage;
import dev.kennel.weights.StateUnpickler.StoredTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of what PyTorch saved: a {@code state_dict}, or a checkpoint that has one. */
final class TorchTensors {
  /** What checkpoints call it; the first that is there is taken. */
  private static final List<String> NAMES =
      List.of("state_dict", "model_state_dict", "model", "net", "weights");

  /** What wrappers put before each name: DataParallel, torch.compile. */
  private static final List<String> PREFIXES = List.of("module.", "_orig_mod.");

  private TorchTensors() {}

  /** Where the bytes of a storage begin in the file, and how many there are. */
  record Place(long offset, long bytes) {}

  /** Finds a storage of a file. */
  interface Places {
    Place of(Storage storage) throws IOException;
  }

  /** The tensors of an unpickled object by their names, each checked to lie in its storage. */
  static Map<String, Tensor> tensors(Object root, Places places) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, List<Tensor>> ofStorage = new HashMap<>();
    Map<String, StoredTensor> stored = withoutPrefix(stored(root));
    for (Map.Entry<String, StoredTensor> entry : stored.entrySet()) {
      Storage storage = entry.getValue().storage();
      Tensor tensor = tensor(entry.getKey(), entry.getValue(), places.of(storage));
      tensors.put(tensor.name(), tensor);
      ofStorage.computeIfAbsent(storage.key(), key -> new ArrayList<>()).add(tensor);
    }
    for (List<Tensor> together : ofStorage.values()) {
      TensorChecks.apart(together);
    }
    return tensors;
  }

  private static Map<String, StoredTensor> stored(Object root) throws IOException {
    if (!(root instanceof Map<?, ?> dictionary)) {
      throw new IOException("it holds no dictionary; save model.state_dict()");
    }
    Map<String, StoredTensor> found = ofOne(dictionary);
    for (int i = 0; found.isEmpty() && i < NAMES.size(); i++) {
      if (dictionary.get(NAMES.get(i)) instanceof Map<?, ?> inner) {
        found = ofOne(inner);
      }
    }
    if (found.isEmpty()) {
      throw new IOException(
          "it holds no tensors, nor has it a state_dict; it has "
              + dictionary.keySet().stream().limit(10).toList());
    }
    return found;
  }

  private static Map<String, StoredTensor> ofOne(Map<?, ?> dictionary) {
    Map<String, StoredTensor> found = new LinkedHashMap<>();
    dictionary.forEach(
        (name, value) -> {
          if (name instanceof String text && value instanceof StoredTensor tensor) {
            found.put(text, tensor);
          }
        });
    return found;
  }

  private static Map<String, StoredTensor> withoutPrefix(Map<String, StoredTensor> stored) {
    for (String prefix : PREFIXES) {
      if (stored.keySet().stream().allMatch(name -> name.startsWith(prefix))) {
        Map<String, StoredTensor> without = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> without.put(name.substring(prefix.length()), tensor));
        return withoutPrefix(without);
      }
    }
    return stored;
  }

  private static Tensor tensor(String name, StoredTensor stored, Place place) throws IOException {
    ElementType type = stored.storage().type();
    TensorChecks.count(name, stored.shape());
    if (stored.strides().size() != stored.shape().size()
        || stored.offset() < 0
        || stored.strides().stream().anyMatch(stride -> stride < 0)) {
      throw new IOException(
          "%s has the shape %s, strides %s and offset %d"
              .formatted(name, stored.shape(), stored.strides(), stored.offset()));
    }
    TensorChecks.injective(name, stored.shape(), stored.strides());
    long end;
    try {
      long reach = TensorChecks.reach(stored.shape(), stored.strides());
      end = Math.multiplyExact(Math.addExact(stored.offset(), reach), (long) type.bytes());
    } catch (ArithmeticException e) {
      end = Long.MAX_VALUE;
    }
    if (end > place.bytes()) {
      throw new IOException(
          "%s reaches beyond the %d bytes of its storage %s"
              .formatted(name, place.bytes(), stored.storage().key()));
    }
    return new Tensor(
        name,
        type,
        stored.shape(),
        stored.strides(),
        place.offset() + stored.offset() * type.bytes());
  }

  /** The first bytes come first. */
  static final Comparator<Tensor> BY_OFFSET = Comparator.comparingLong(Tensor::offset);
}
