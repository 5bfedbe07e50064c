package dev.kennel.image;

import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What describes the first image of a TIFF; many programs write it behind the pixels. */
final class TiffDirectory {
  private TiffDirectory() {}

  /** Of a whole TIFF or of one that is in EXIF data. */
  static Directory of(ByteArrayImageInputStream stream) throws IOException {
    return ((CompoundDirectory) new TIFFReader().read(stream)).getDirectory(0);
  }

  /** Whether the file ends before the directory, or before a value that is elsewhere. */
  static boolean isCut(byte[] file) {
    if (file.length < 8) {
      return true;
    }
    ByteOrder order = file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    int start = ByteBuffer.wrap(file).order(order).getInt(4);
    if (Integer.toUnsignedLong(start) >= file.length) {
      return true;
    }
    try {
      for (Entry entry : of(new ByteArrayImageInputStream(file))) {
        if (entry.getValue() instanceof EOFException) { // how the library notes it
          return true;
        }
      }
      return false;
    } catch (IOException | RuntimeException e) {
      return e instanceof EOFException; // anything else is the reader's to complain about
    }
  }
}
