package dev.kennel.weights;

import dev.kennel.weights.StateUnpickler.Storage;
import dev.kennel.weights.TorchTensors.Place;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * What {@code torch.save} writes since PyTorch 1.6: a zip of one folder, in it {@code data.pkl},
 * the pickle, and {@code data/0}, {@code data/1}, …, the storages, stored and not deflated
 * (https://pytorch.org/docs/stable/notes/serialization.html).
 */
final class TorchArchive {
  /** Bytes of a pickle; ResNet50's has 0.04 MB. */
  private static final long MOST_PICKLE = 1 << 24;

  private static final String PICKLE = "/data.pkl";

  private final FileChannel channel;
  private final Map<String, ZipArchiveEntry> entries = new HashMap<>();
  private String folder = "";

  private TorchArchive(FileChannel channel, Path file) throws IOException {
    this.channel = channel;
    try (ZipFile zip = zip(file)) {
      if (Collections.list(zip.getEntries()).stream().anyMatch(TorchArchive::isOfTorchScript)) {
        throw new IOException("it is a TorchScript program; save model.state_dict()");
      }
      long end = 0; // of the entry before
      for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        check(zip, entry, end);
        end = entry.getDataOffset() + entry.getSize();
        if (entries.put(entry.getName(), entry) != null) {
          throw new IOException("it has two files " + entry.getName());
        }
        if (entry.getName().endsWith(PICKLE) && entry.getName().indexOf('/') > 0) {
          folder = entry.getName().substring(0, entry.getName().length() - PICKLE.length());
        }
      }
    }
    if (folder.isEmpty()) {
      throw new IOException("it is a zip archive without data.pkl, so not one of torch.save");
    }
  }

  private static boolean isOfTorchScript(ZipArchiveEntry entry) {
    return entry.getName().endsWith("/constants.pkl");
  }

  private static ZipFile zip(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile(), StandardCharsets.UTF_8.name(), true, false);
    } catch (IOException | IllegalArgumentException e) { // which the library throws on some
      Throwable cause = e.getCause() == null ? e : e.getCause(); // it says what, e only which file
      throw new IOException("its zip archive is damaged: " + cause.getMessage(), e);
    }
  }

  private void check(ZipFile zip, ZipArchiveEntry entry, long end) throws IOException {
    String name = entry.getName();
    if (name.startsWith("/") || List.of(name.split("[/\\\\]")).contains("..")) {
      throw new IOException("its file " + name + " lies outside of the archive");
    }
    zip.getRawInputStream(entry); // finds out the offset
    if (entry.getMethod() != ZipEntry.STORED || entry.getGeneralPurposeBit().usesEncryption()) {
      throw new IOException("its file " + name + " is compressed or encrypted");
    }
    if (entry.getSize() != entry.getCompressedSize()
        || entry.getSize() < 0
        || entry.getDataOffset() < end
        || entry.getSize() > channel.size() - entry.getDataOffset()) {
      throw new IOException(
          "its file %s is said to have %d bytes from byte %d on, stored in %d, in an archive of %d"
              .formatted(
                  name,
                  entry.getSize(),
                  entry.getDataOffset(),
                  entry.getCompressedSize(),
                  channel.size()));
    }
  }

  static Map<String, Tensor> tensors(FileChannel channel, Path file) throws IOException {
    TorchArchive archive = new TorchArchive(channel, file);
    archive.checkByteOrder();
    byte[] pickle = archive.bytes(archive.entry(PICKLE), MOST_PICKLE);
    Object root = new StateUnpickler(new ByteArrayInputStream(pickle)).next();
    return TorchTensors.tensors(root, archive::place);
  }

  private void checkByteOrder() throws IOException {
    ZipArchiveEntry order = entries.get(folder + "/byteorder"); // since PyTorch 2.1
    if (order != null && !new String(bytes(order, 10), StandardCharsets.UTF_8).equals("little")) {
      throw new IOException("it was written on a big-endian machine");
    }
  }

  private ZipArchiveEntry entry(String path) throws IOException {
    ZipArchiveEntry entry = entries.get(folder + path);
    if (entry == null) {
      throw new IOException("it has no file " + folder + path);
    }
    return entry;
  }

  private byte[] bytes(ZipArchiveEntry entry, long most) throws IOException {
    if (entry.getSize() > most) {
      throw new IOException(
          "its file %s has %d bytes, more than any state_dict needs"
              .formatted(entry.getName(), entry.getSize()));
    }
    return WeightFile.read(channel, entry.getDataOffset(), entry.getSize());
  }

  private Place place(Storage storage) throws IOException {
    ZipArchiveEntry entry = entry("/data/" + storage.key());
    long count = storage.count();
    if (count < 0 || count > entry.getSize() / storage.type().bytes()) {
      throw new IOException(
          "its storage %s is said to have %d elements in %d bytes"
              .formatted(storage.key(), count, entry.getSize()));
    }
    return new Place(entry.getDataOffset(), count * storage.type().bytes());
  }
}
