package dev.kennel.tracking;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Records as TensorFlow frames them (TFRecord, {@code tensorflow/core/lib/io/record_writer.h}),
 * numbers little-endian: length (64 bits), masked CRC-32C of those 8 bytes, data, masked CRC-32C of
 * the data.
 */
final class Records {
  private static final int MASK = 0xa282ead8; // so that a CRC of data that holds CRCs is none
  private static final int HEADER = Long.BYTES + Integer.BYTES;
  private static final int LONGEST = 1 << 26; // of ours: what says more is damaged

  private Records() {}

  /** Writes one record in one call. */
  static void write(OutputStream out, byte[] data) throws IOException {
    ByteBuffer record =
        ByteBuffer.allocate(HEADER + data.length + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedCrc(record.array(), 0, Long.BYTES));
    record.put(data);
    record.putInt(maskedCrc(data, 0, data.length));
    out.write(record.array());
  }

  /** The next record's data; empty at the end, or where a record is cut short or damaged. */
  static Optional<byte[]> read(DataInputStream in) throws IOException {
    byte[] header = in.readNBytes(HEADER);
    if (header.length < HEADER) {
      return Optional.empty();
    }
    ByteBuffer numbers = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    long length = numbers.getLong();
    if (numbers.getInt() != maskedCrc(header, 0, Long.BYTES) || length < 0 || length > LONGEST) {
      return Optional.empty();
    }
    byte[] data = in.readNBytes((int) length);
    byte[] crc = in.readNBytes(Integer.BYTES);
    boolean isWhole =
        crc.length == Integer.BYTES
            && ByteBuffer.wrap(crc).order(ByteOrder.LITTLE_ENDIAN).getInt()
                == maskedCrc(data, 0, data.length);
    return isWhole ? Optional.of(data) : Optional.empty();
  }

  private static int maskedCrc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }
}
