package dev.kennel.model;

import java.util.Locale;

/** The formats in which a model leaves Kennel. */
public enum ExportFormat {
  /** Parameters by PyTorch's names, in the format of the library safetensors. */
  SAFETENSORS,
  /** The same as a {@code state_dict} that {@code torch.save} wrote. */
  PTH,
  /** Parameters and computation, for any ONNX runtime. */
  ONNX;

  /** What the names of its files end in, without the dot: also the name that users type. */
  public String extension() {
    return name().toLowerCase(Locale.ROOT);
  }
}
