package dev.kennel.averaging;

import dev.kennel.averaging.SavedState.SavedSlice;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Slices in files, their floats as they lie in memory (little-endian), on any file system. */
final class SliceFiles {
  private static final int PIECE = 1 << 20; // bytes

  /** Does something with the next bytes of a file. */
  private interface Taker {
    void take(byte[] bytes, int length);
  }

  private final FileSystem files;
  private final Path folder;

  private SliceFiles(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  static SliceFiles in(String folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder);
    return new SliceFiles(StateFiles.fileSystem(path, hadoop), path);
  }

  /** Writes a slice, under another name at every try. */
  SavedSlice write(int index, ByteBuffer slice) throws IOException {
    String name = String.format(Locale.ROOT, "slice-%05d-%s", index, UUID.randomUUID());
    int floats = slice.remaining() / Float.BYTES;
    CRC32C checksum = new CRC32C();
    byte[] piece = new byte[Math.min(PIECE, slice.remaining())];
    try (OutputStream out = files.create(new Path(folder, name), false)) {
      while (slice.hasRemaining()) {
        int now = Math.min(piece.length, slice.remaining());
        slice.get(piece, 0, now);
        checksum.update(piece, 0, now);
        out.write(piece, 0, now);
      }
    }
    return new SavedSlice(name, floats, checksum.getValue());
  }

  /**
   * What is wrong with a slice's file, such as {@code slice-00003-… is missing}; empty: nothing.
   */
  String damage(SavedSlice saved) {
    try {
      return read(saved, (bytes, length) -> {});
    } catch (IOException e) { // as HDFS has it, whose own checksums tell first
      return saved.file() + " cannot be read: " + e.getMessage();
    }
  }

  /**
   * Reads a slice.
   *
   * @throws LostStateException if it is damaged
   */
  void read(SavedSlice saved, ByteBuffer to) throws IOException {
    String damage = read(saved, (bytes, length) -> to.put(bytes, 0, length));
    if (!damage.isEmpty()) {
      throw new LostStateException("Cannot go on from " + folder + ": " + damage);
    }
  }

  private String read(SavedSlice saved, Taker taker) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] piece = new byte[(int) Math.min(PIECE, saved.bytes())];
    try (InputStream in = files.open(new Path(folder, saved.file()))) {
      long left = saved.bytes();
      while (left > 0) {
        int now = in.readNBytes(piece, 0, (int) Math.min(piece.length, left));
        if (now == 0) {
          return length(saved, "shorter");
        }
        checksum.update(piece, 0, now);
        taker.take(piece, now);
        left -= now;
      }
      if (in.read() >= 0) {
        return length(saved, "longer");
      }
    } catch (FileNotFoundException e) {
      return saved.file() + " is missing";
    }
    return checksum.getValue() == saved.crc32c()
        ? ""
        : saved.file() + " has another checksum than when it was written";
  }

  private static String length(SavedSlice saved, String how) {
    return saved.file() + " is " + how + " than its " + saved.bytes() + " bytes";
  }
}
