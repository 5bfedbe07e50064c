package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_aBcd16b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_aBcd8b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_out_of_memory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unimplemented;

import org.bytedeco.dnnl.dnnl_engine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library oneDNN in this process. Layers compute with it where it can be had: on x86 processors
 * with AVX2 or better. The system property {@code kennel.onednn=false} does without it.
 */
final class OneDnn {
  /** Set to {@code false}, layers are made of Deeplearning4j's own arithmetic. */
  static final String SWITCH = "kennel.onednn";

  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);

  private OneDnn() {}

  /** Loads the library once, when first asked for. */
  private static final class Library {
    static final int INSTRUCTIONS = instructions();
    static final dnnl_engine ENGINE = INSTRUCTIONS < 0 ? null : engine();

    /** The processor's instruction set in oneDNN's numbers; −1 where there is no library. */
    private static int instructions() {
      try {
        int isa = dnnl_get_effective_cpu_isa();
        if ((isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2) {
          return isa;
        }
        LOG.warn("oneDNN has no fast code for this processor: Deeplearning4j's own is used");
      } catch (LinkageError e) {
        LOG.warn("oneDNN is not to be had here ({}): Deeplearning4j's own is used", e.toString());
      }
      return -1;
    }

    private static dnnl_engine engine() {
      dnnl_engine engine = new dnnl_engine();
      check(dnnl_engine_create(engine, dnnl_cpu, 0), "make an engine");
      return engine;
    }
  }

  /** Whether layers that are made now compute with oneDNN. */
  static boolean isAvailable() {
    return !"false".equals(System.getProperty(SWITCH)) && Library.ENGINE != null;
  }

  static dnnl_engine engine() {
    return Library.ENGINE;
  }

  /** Whether the processor has instructions for bf16 numbers. */
  static boolean hasBf16() {
    return isAvailable() && has(dnnl_cpu_isa_avx512_core_bf16);
  }

  /** Whether oneDNN computes with bf16 numbers, if need be by f32 instructions, which is slow. */
  static boolean computesBf16() {
    return isAvailable() && has(dnnl_cpu_isa_avx512_core);
  }

  private static boolean has(int isa) {
    return Library.INSTRUCTIONS >= 0 && (Library.INSTRUCTIONS & isa) == isa;
  }

  /** The floats of one vector register. */
  static int block() {
    return has(dnnl_cpu_isa_avx512_core) ? 16 : 8;
  }

  /** oneDNN's order of images in which so many channels lie side by side. */
  static int blockTag() {
    return block() == 16 ? dnnl_aBcd16b : dnnl_aBcd8b;
  }

  /** Whether the processor multiplies tiles of bf16 numbers (Intel's AMX). */
  static boolean hasTiles() {
    return isAvailable() && has(dnnl_cpu_isa_avx512_core_amx);
  }

  /**
   * Throws if a call failed.
   *
   * @param status what the call returned
   * @param what it was to do, as in "Cannot … : …"
   */
  static void check(int status, String what) {
    if (status == dnnl_success) {
      return;
    }
    String why =
        switch (status) {
          case dnnl_out_of_memory -> "out of memory";
          case dnnl_unimplemented -> "oneDNN has no code for these shapes";
          default -> "oneDNN refused it with status " + status;
        };
    throw new IllegalStateException("Cannot " + what + ": " + why);
  }
}
