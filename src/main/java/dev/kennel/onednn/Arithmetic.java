package dev.kennel.onednn;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The native side of ND4J in this JVM: which binary, and how many threads. */
public final class Arithmetic {
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
  private static final String NO_HELPERS = "org.eclipse.deeplearning4j.helpers.disable";
  private static final String BINARIES = "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64";
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Binaries with oneDNN, the fastest first, and the processor flags without which each dies. */
  private enum Binary {
    AVX512("-onednn-avx512", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl", "fma"),
    AVX2("-onednn-avx2", "avx2", "fma");

    private final String extension;
    private final List<String> flags;

    Binary(String extension, String... flags) {
      this.extension = extension;
      this.flags = List.of(flags);
    }
  }

  private static final ThreadLocal<Integer> THREADS =
      ThreadLocal.withInitial(() -> Runtime.getRuntime().availableProcessors());

  private Arithmetic() {}

  /**
   * Chooses the binary by this processor's flags and lets Deeplearning4j use oneDNN. Works only
   * before the first class of ND4J is loaded; what the user has set by system property is left
   * alone. Where no binary with oneDNN fits (another processor or system), ND4J's plain one is
   * used.
   */
  public static void chooseBinary() {
    if (System.getProperty(NO_HELPERS) == null) {
      System.setProperty(NO_HELPERS, "false");
    }
    if (System.getProperty(EXTENSION) == null) {
      Set<String> flags = processorFlags();
      ClassLoader loader = Arithmetic.class.getClassLoader();
      Arrays.stream(Binary.values())
          .filter(binary -> flags.containsAll(binary.flags))
          .map(binary -> binary.extension)
          .filter(ext -> loader.getResource(BINARIES + ext + "/libnd4jcpu.so") != null)
          .findFirst()
          .ifPresent(extension -> System.setProperty(EXTENSION, extension));
    }
  }

  /**
   * Sets how many threads each operation called from this thread may use: oneDNN's and ND4J's,
   * which share one OpenMP, OpenBLAS's, and Kennel's own.
   */
  public static void useThreads(int threads) {
    THREADS.set(threads);
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    useNativeThreads(threads);
    Nd4j.getBlasWrapper();
    // Where oneDNN has the large products, OpenBLAS' threads would only be in its way: they spin
    // for
    // tens of milliseconds after each product.
    Nd4j.factory().blas().setMaxThreads(OneDnn.isAvailable() ? 1 : threads);
  }

  /** Sets how many threads each of oneDNN's operations called from this thread may use. */
  static void useNativeThreads(int threads) {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  /** Threads that operations called from this thread may use. */
  static int threads() {
    return THREADS.get();
  }

  /**
   * The processor's name, such as {@code AMD EPYC}; the architecture's where the system tells no
   * name.
   */
  public static String processor() {
    return cpuInfo("model name").orElse(System.getProperty("os.arch"));
  }

  private static Set<String> processorFlags() {
    return cpuInfo("flags")
        .map(flags -> Arrays.stream(flags.split(" ", -1)).collect(Collectors.toSet()))
        .orElse(Set.of());
  }

  private static java.util.Optional<String> cpuInfo(String key) {
    if (!Files.isReadable(CPU_INFO)) {
      return java.util.Optional.empty();
    }
    try (var lines = Files.lines(CPU_INFO, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot read " + CPU_INFO, e);
    }
  }
}
