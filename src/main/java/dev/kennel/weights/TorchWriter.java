package dev.kennel.weights;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import net.razorvine.pickle.Opcodes;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Writes a {@code state_dict} as {@code torch.save} does: see {@link TorchArchive}. */
final class TorchWriter {
  private static final String FOLDER = "archive/";
  private static final int ALIGNMENT = 64; // bytes, as PyTorch's own

  private TorchWriter() {}

  /** Writes the archive; leaves the stream open. */
  static void write(List<NewTensor> tensors, OutputStream out) throws IOException {
    ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out);
    zip.setUseZip64(Zip64Mode.AsNeeded);
    byte[] pickle = pickle(tensors);
    store(zip, "data.pkl", pickle.length, entry -> entry.write(pickle));
    store(zip, "byteorder", "little");
    for (int i = 0; i < tensors.size(); i++) {
      store(zip, "data/" + i, tensors.get(i).bytes(), tensors.get(i).content());
    }
    store(zip, "version", "3\n");
    zip.finish();
    zip.flush();
  }

  private static void store(ZipArchiveOutputStream zip, String name, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    store(zip, name, bytes.length, entry -> entry.write(bytes));
  }

  /** Stores an entry; its checksum has to stand before it, so its content is gone through twice. */
  private static void store(
      ZipArchiveOutputStream zip, String name, long bytes, NewTensor.Content content)
      throws IOException {
    CRC32 checksum = new CRC32();
    content.write(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
    ZipArchiveEntry entry = new ZipArchiveEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes);
    entry.setCrc(checksum.getValue());
    entry.setAlignment(ALIGNMENT);
    zip.putArchiveEntry(entry);
    content.write(zip);
    zip.closeArchiveEntry();
  }

  /** An ordered dictionary of tensors, in protocol 2. */
  private static byte[] pickle(List<NewTensor> tensors) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Pickle pickle = new Pickle(new DataOutputStream(bytes));
    pickle.code(Opcodes.PROTO);
    pickle.out.write(2);
    pickle.emptyDictionary();
    pickle.code(Opcodes.MARK);
    for (int i = 0; i < tensors.size(); i++) {
      pickle.text(tensors.get(i).name());
      pickle.tensor(tensors.get(i), String.valueOf(i));
    }
    pickle.code(Opcodes.SETITEMS);
    pickle.code(Opcodes.STOP);
    return bytes.toByteArray();
  }

  private record Pickle(DataOutputStream out) {
    void code(short opcode) throws IOException {
      out.write(opcode);
    }

    void global(String module, String name) throws IOException {
      code(Opcodes.GLOBAL);
      out.writeBytes(module + "\n" + name + "\n");
    }

    void emptyDictionary() throws IOException {
      global("collections", "OrderedDict");
      code(Opcodes.EMPTY_TUPLE);
      code(Opcodes.REDUCE);
    }

    void text(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      code(Opcodes.BINUNICODE);
      out.writeInt(Integer.reverseBytes(bytes.length));
      out.write(bytes);
    }

    void number(long number) throws IOException {
      if (number == (int) number) {
        code(Opcodes.BININT);
        out.writeInt(Integer.reverseBytes((int) number));
      } else {
        code(Opcodes.LONG1);
        out.write(Long.BYTES);
        out.writeLong(Long.reverseBytes(number));
      }
    }

    void numbers(List<Long> numbers) throws IOException {
      code(Opcodes.MARK);
      for (long number : numbers) {
        number(number);
      }
      code(Opcodes.TUPLE);
    }

    /** {@code _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)}. */
    void tensor(NewTensor tensor, String key) throws IOException {
      global("torch._utils", "_rebuild_tensor_v2");
      code(Opcodes.MARK);
      code(Opcodes.MARK);
      text("storage");
      global("torch", tensor.type().storage());
      text(key);
      text("cpu");
      number(tensor.count());
      code(Opcodes.TUPLE);
      code(Opcodes.BINPERSID);
      number(0);
      numbers(tensor.shape());
      numbers(Tensor.denseStrides(tensor.shape()));
      code(Opcodes.NEWFALSE);
      emptyDictionary();
      code(Opcodes.TUPLE);
      code(Opcodes.REDUCE);
    }
  }
}
