package dev.kennel.weights;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Unpickles dictionaries of tensors and of plain values, and nothing else: what names any other
 * class is refused by that name, before anything is made of it. Tensors come as {@link
 * StoredTensor} and dictionaries as maps in their order.
 *
 * <p>Only what PyTorch writes is taken: no text of protocol 0, no sets, no objects. What a length
 * announces must be there before memory is taken for it.
 */
final class StateUnpickler extends Unpickler {
  /** Instructions of a pickle; ResNet50 has some 12,000. */
  private static final int MOST = 1_000_000;

  private static final String STORAGE = "storage";

  private final ByteArrayInputStream bytes;
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private int instructions;

  /** The part of a file's data that a tensor is in, by its name in the file. */
  record Storage(String key, ElementType type, long count) {}

  /** A tensor, as strides over a storage; offset and strides in elements. */
  record StoredTensor(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

  StateUnpickler(ByteArrayInputStream bytes) {
    this.bytes = bytes;
  }

  /** The storages that the object refers to, by their keys. */
  Map<String, Storage> storages() {
    return storages;
  }

  /** The next object of the bytes. */
  Object next() throws IOException {
    try {
      return load(bytes);
    } catch (Refused e) {
      throw new IOException(e.getMessage(), e);
    } catch (PickleException
        | ClassCastException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | NegativeArraySizeException
        | NullPointerException e) { // what the library throws on bytes that are no pickle
      throw new IOException("its pickle is damaged: " + e.getMessage(), e);
    }
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why);
    }
  }

  @Override
  protected Object dispatch(short key) throws IOException {
    if (++instructions > MOST) {
      throw new Refused("its pickle has more than " + MOST + " instructions; it is no state_dict");
    }
    switch (key) {
      case Opcodes.GLOBAL -> {
        String module = PickleUtils.readline(input);
        stack.add(global(module, PickleUtils.readline(input)));
      }
      case Opcodes.STACK_GLOBAL -> {
        String name = (String) stack.pop();
        stack.add(global((String) stack.pop(), name));
      }
      case Opcodes.BINPERSID -> stack.add(storage((Object[]) stack.pop()));
      case Opcodes.BUILD -> {
        stack.pop(); // the attributes of a dictionary, such as the versions of its modules
        if (!(stack.peek() instanceof Map)) {
          throw new Refused("its pickle gives attributes to something that is no dictionary");
        }
      }
      case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<>());
      case Opcodes.DICT -> {
        List<Object> items = stack.pop_all_since_marker();
        stack.add(new LinkedHashMap<>());
        put(items);
      }
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        put(Arrays.asList(stack.pop(), value));
      }
      case Opcodes.SETITEMS -> put(stack.pop_all_since_marker());
      case Opcodes.BINSTRING, Opcodes.BINUNICODE, Opcodes.BINBYTES -> {
        checkLength(Integer.BYTES);
        return super.dispatch(key);
      }
      case Opcodes.BINUNICODE8, Opcodes.BINBYTES8 -> {
        checkLength(Long.BYTES);
        return super.dispatch(key);
      }
      case Opcodes.MARK,
          Opcodes.STOP,
          Opcodes.POP,
          Opcodes.POP_MARK,
          Opcodes.DUP,
          Opcodes.BININT,
          Opcodes.BININT1,
          Opcodes.BININT2,
          Opcodes.NONE,
          Opcodes.REDUCE,
          Opcodes.SHORT_BINSTRING,
          Opcodes.SHORT_BINUNICODE,
          Opcodes.SHORT_BINBYTES,
          Opcodes.APPEND,
          Opcodes.APPENDS,
          Opcodes.EMPTY_LIST,
          Opcodes.LIST,
          Opcodes.TUPLE,
          Opcodes.EMPTY_TUPLE,
          Opcodes.TUPLE1,
          Opcodes.TUPLE2,
          Opcodes.TUPLE3,
          Opcodes.BINFLOAT,
          Opcodes.PROTO,
          Opcodes.NEWTRUE,
          Opcodes.NEWFALSE,
          Opcodes.LONG1,
          Opcodes.MEMOIZE,
          Opcodes.FRAME,
          Opcodes.BINGET,
          Opcodes.LONG_BINGET,
          Opcodes.BINPUT,
          Opcodes.LONG_BINPUT -> {
        return super.dispatch(key);
      }
      default ->
          throw new Refused(
              "its pickle has the instruction 0x%02x, which no state_dict needs".formatted(key));
    }
    return NO_RETURN_VALUE;
  }

  /** Whether as many bytes are left as a length says; it is read again by the library. */
  private void checkLength(int size) {
    bytes.mark(0);
    long length = 0;
    for (int i = 0; i < size; i++) {
      length |= (long) bytes.read() << (8 * i);
    }
    int left = bytes.available();
    bytes.reset();
    if (length < 0 || length > left) {
      throw new Refused(
          "its pickle announces %s bytes where %d are left"
              .formatted(Long.toUnsignedString(length), left));
    }
  }

  private void put(List<Object> items) {
    @SuppressWarnings("unchecked")
    Map<Object, Object> dictionary = (Map<Object, Object>) stack.peek();
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
        throw new Refused("its pickle has a dictionary whose keys are neither text nor numbers");
      }
      dictionary.put(key, items.get(i + 1));
    }
  }

  /** What a name of Python's stands for. */
  private static Object global(String module, String name) {
    String full = module + "." + name;
    return switch (full) {
      case "collections.OrderedDict" -> (IObjectConstructor) StateUnpickler::dictionary;
      case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor" ->
          (IObjectConstructor) StateUnpickler::tensor;
      case "torch._utils._rebuild_parameter" ->
          (IObjectConstructor) arguments -> (StoredTensor) arguments[0];
      case "torch.Size" -> (IObjectConstructor) arguments -> arguments[0];
      default -> {
        if (module.equals("torch") && ElementType.ofStorage(name).isPresent()) {
          yield ElementType.ofStorage(name).get();
        }
        throw new Refused(
            "it holds %s, and only tensors and dictionaries are read; save model.state_dict()"
                .formatted(printable(full)));
      }
    };
  }

  private static String printable(String name) {
    String clean = name.replaceAll("[^\\x21-\\x7e]", "?");
    return clean.length() <= 100 ? clean : clean.substring(0, 100) + "…";
  }

  /** Of no arguments, or of one list of keys and values in pairs. */
  private static Object dictionary(Object[] arguments) {
    Map<Object, Object> dictionary = new LinkedHashMap<>();
    if (arguments.length > 0) {
      for (Object pair : (List<?>) arguments[0]) {
        Object[] both = pair instanceof List<?> list ? list.toArray() : (Object[]) pair;
        dictionary.put((String) both[0], both[1]);
      }
    }
    return dictionary;
  }

  /** Of storage, offset, shape, strides; what follows tells how it was trained. */
  private static Object tensor(Object[] arguments) {
    return new StoredTensor(
        (Storage) arguments[0],
        ((Number) arguments[1]).longValue(),
        numbers(arguments[2]),
        numbers(arguments[3]));
  }

  private static List<Long> numbers(Object tuple) {
    List<Long> numbers = new ArrayList<>();
    for (Object number : (Object[]) tuple) {
      numbers.add(((Number) number).longValue());
    }
    return numbers;
  }

  /** Of {@code ("storage", type, key, device, elements)}, and in the older form a view of it. */
  private Storage storage(Object[] id) {
    if (id.length < 5 || !STORAGE.equals(id[0])) {
      throw new Refused("its pickle refers to something outside that is no storage");
    }
    if (id.length > 5 && id[5] != null) {
      throw new Refused("it holds a view of a storage, in a form that PyTorch gave up in 2017");
    }
    Storage storage =
        new Storage((String) id[2], (ElementType) id[1], ((Number) id[4]).longValue());
    if (!storages.computeIfAbsent(storage.key(), key -> storage).equals(storage)) {
      throw new Refused("its storage %s is of two types or lengths".formatted(storage.key()));
    }
    return storage;
  }
}
