package dev.kennel.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** The formats that tensors are written in. */
public enum WeightFormat {
  /** As PyTorch's {@code torch.save} writes a {@code state_dict}. */
  PTH {
    @Override
    public void write(List<NewTensor> tensors, Map<String, String> metadata, OutputStream out)
        throws IOException {
      TorchWriter.write(tensors, out);
    }
  },
  /** As the library safetensors does. */
  SAFETENSORS {
    @Override
    public void write(List<NewTensor> tensors, Map<String, String> metadata, OutputStream out)
        throws IOException {
      Safetensors.write(tensors, metadata, out);
    }
  };

  /**
   * Writes a file; leaves the stream open.
   *
   * @param tensors of different names
   * @param metadata what else is to be told, where the format has room for it
   */
  public abstract void write(
      List<NewTensor> tensors, Map<String, String> metadata, OutputStream out) throws IOException;
}
