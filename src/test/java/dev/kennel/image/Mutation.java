package dev.kennel.image;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A file as a faulty disk, a broken connection or an attacker leaves it.
 *
 * @param file which of the files it was
 * @param isCut whether nothing happened to it but that its end is missing
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Mutation(int file, boolean isCut, byte[] bytes) {
  private static final int MOST_CHANGES = 4;
  private static final int LONGEST_RUN = 200;
  private static final int HEADER = 400; // sizes, counts and offsets are there

  /** One of the files, cut or changed in one to four places, as the random numbers say. */
  static Mutation of(List<byte[]> files, Random random) {
    int file = random.nextInt(files.size());
    byte[] bytes = files.get(file);
    if (bytes.length == 0 || random.nextInt(6) == 0) {
      return new Mutation(file, true, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
    }
    byte[] changed = bytes.clone();
    for (int i = random.nextInt(MOST_CHANGES); i >= 0 && changed.length > 0; i--) {
      changed = changed(changed, files.get(random.nextInt(files.size())), random);
    }
    return new Mutation(file, false, changed);
  }

  private static byte[] changed(byte[] bytes, byte[] other, Random random) {
    int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, HEADER));
    int end = Math.min(at + 1 + random.nextInt(LONGEST_RUN), bytes.length);
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> Arrays.fill(bytes, at, end, (byte) 0);
      case 3 -> Arrays.fill(bytes, at, Math.min(at + 1 + random.nextInt(4), end), (byte) 0xff);
      case 4 -> {
        return joined(bytes, at, bytes, end); // without a run
      }
      case 5 -> {
        return joined(bytes, end, bytes, at); // with a run twice
      }
      case 6 -> {
        return joined(bytes, at, other, Math.min(at, other.length));
      }
      default -> {
        byte[] inserted = new byte[end - at];
        random.nextBytes(inserted);
        return joined(joined(bytes, at, inserted, 0), at + inserted.length, bytes, at);
      }
    }
    return bytes;
  }

  /** The first file up to {@code end}, then the second from {@code start} on. */
  private static byte[] joined(byte[] first, int end, byte[] second, int start) {
    byte[] joined = Arrays.copyOf(first, end + second.length - start);
    System.arraycopy(second, start, joined, end, second.length - start);
    return joined;
  }
}
