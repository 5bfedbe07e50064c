package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Decodes files that were changed at random: whatever they hold, an image comes out or a reason why
 * not, soon and in little memory. A long run over files of one's own, which tells what came out:
 *
 * <pre>mvn -B test -Dtest=MutatedImageTest -Dkennel.mutations=100000 -Dkennel.images=DIR \
 *   -Dtest.jvm="-Xms1g -Xmx1g -XX:+AlwaysPreTouch"</pre>
 *
 * <p>With a heap that is there from the beginning, what the process grows by is native memory. A
 * mutation is made from its number alone; {@code -Dkennel.first=N} begins at another one. Two
 * processes must print the same fingerprint of all that came out.
 */
class MutatedImageTest {
  private static final int MOST_PIXELS = 4_000_000;
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final long MOST_ALLOCATED = 512L << 20; // bytes, for one image
  private static final long MOST_GROWTH = 64L << 20; // bytes, from a tenth of the mutations on

  private final Map<Subject, Outcome> originals = new ConcurrentHashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final AtomicLong slowest = new AtomicLong();
  private final AtomicLong largest = new AtomicLong();
  private final AtomicLong fingerprint = new AtomicLong();

  private record Subject(int file, DecodeOptions options) {}

  /** What came of decoding, and a hash of the pixels. */
  private record Outcome(String text, String detail, int pixels) {
    boolean isWhole() {
      return text.equals("whole");
    }
  }

  @Test
  void everyMutationOfAnImageIsDecodedOrRefusedForAReason() throws Exception {
    boolean isLong = System.getProperty("kennel.mutations") != null;
    int mutations = Integer.getInteger("kennel.mutations", 3000);
    long first = Long.getLong("kennel.first", 0);
    List<byte[]> files = files();
    long begin = System.nanoTime();

    run(files, first, first + mutations / 10);
    long heap = heap();
    long resident = resident();
    run(files, first + mutations / 10, first + mutations);

    long moreHeap = heap() - heap;
    long moreResident = resident() - resident;
    assertThat(moreHeap).isLessThan(MOST_GROWTH);
    assertThat(counts).containsKeys("whole", "partly", "truncated", "unreadable");
    if (isLong) {
      System.out.printf(
          "%d mutations of %d files in %d s: %s%n"
              + "slowest %d ms, most allocated %d MB, heap %d MB and %d more, resident %d MB and %d"
              + " more, fingerprint %x%n",
          mutations,
          files.size(),
          (System.nanoTime() - begin) / 1_000_000_000,
          counts,
          slowest.get() / 1_000_000,
          largest.get() >> 20,
          heap >> 20,
          moreHeap >> 20,
          resident >> 20,
          moreResident >> 20,
          fingerprint.get());
      assertThat(moreResident).isLessThan(MOST_GROWTH);
    }
  }

  private void run(List<byte[]> files, long first, long end) {
    LongStream.range(first, end)
        .parallel()
        .forEach(
            number -> {
              try {
                assertTimeoutPreemptively(LONGEST, () -> decode(files, number));
              } catch (Throwable e) {
                throw new AssertionError("Mutation " + number, e);
              }
            });
  }

  private void decode(List<byte[]> files, long number) {
    Random random = new Random(number);
    Mutation mutation = Mutation.of(files, random);
    int target = random.nextBoolean() ? 0 : 1 << random.nextInt(8);
    DecodeOptions options = new DecodeOptions(MOST_PIXELS, random.nextBoolean(), target);

    Outcome outcome = measured(mutation.bytes(), options);
    Outcome original = outcome(files.get(mutation.file()), options);
    Subject subject = new Subject(mutation.file(), options);
    Outcome before = originals.putIfAbsent(subject, original);

    assertThat(original).isEqualTo(before == null ? original : before);
    assertThat(outcome(mutation.bytes(), options)).isEqualTo(outcome);
    assertThat(outcome.detail()).doesNotContain("\n", "\r");
    if (mutation.isCut() && outcome.isWhole()) { // what is missing was behind the image's end
      assertThat(outcome).isEqualTo(original);
    }
    fingerprint.addAndGet(31L * number * outcome.hashCode());
    synchronized (counts) {
      counts.merge(outcome.text(), 1, Integer::sum);
    }
  }

  private Outcome measured(byte[] bytes, DecodeOptions options) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    long begin = System.nanoTime();
    Outcome outcome = outcome(bytes, options);
    slowest.accumulateAndGet(System.nanoTime() - begin, Math::max);
    long bytesMore = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated;
    largest.accumulateAndGet(bytesMore, Math::max);
    assertThat(bytesMore).isLessThan(MOST_ALLOCATED);
    return outcome;
  }

  private static Outcome outcome(byte[] bytes, DecodeOptions options) {
    try {
      DecodedImage decoded = ImageDecoder.decode(bytes, options);
      RgbImage image = decoded.image();
      assertThat(image.width()).isPositive();
      assertThat(image.height()).isPositive();
      return new Outcome(
          decoded.truncation().isPresent() ? "partly" : "whole",
          decoded.truncation().orElse(""),
          Arrays.hashCode(image.samples()));
    } catch (UnreadableImageException e) {
      return new Outcome(e.reason().text(), e.detail(), 0);
    }
  }

  private static List<byte[]> files() throws IOException {
    String folder = System.getProperty("kennel.images");
    if (folder == null) {
      return Pictures.ofAllFormats();
    }
    try (Stream<Path> paths = Files.walk(Path.of(folder))) {
      return paths.filter(Files::isRegularFile).sorted().map(Pictures::bytes).toList();
    }
  }

  /** Bytes that are in use after a collection of garbage. */
  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Bytes of memory that this process has; 0 where there is no Linux to ask. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    String line =
        Files.readAllLines(status).stream()
            .filter(l -> l.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }
}
