package dev.kennel.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The format of safetensors (https://github.com/huggingface/safetensors, "Format"): eight bytes
 * that tell the length of a header; the header, JSON; the tensors' bytes, without gaps.
 */
final class Safetensors {
  static final String METADATA = "__metadata__";

  /** Bytes of a header; the format allows 100 MB, ResNet50 has 0.04 MB. */
  private static final long MOST_HEADER = 1 << 24;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private Safetensors() {}

  static Map<String, Tensor> tensors(FileChannel channel) throws IOException {
    ByteBuffer lengthBytes = ByteBuffer.wrap(WeightFile.read(channel, 0, Long.BYTES));
    long length = lengthBytes.order(ByteOrder.LITTLE_ENDIAN).getLong();
    long data = channel.size() - Long.BYTES - length;
    if (length < 0 || length > MOST_HEADER || data < 0) {
      throw new IOException(
          "its header is said to have %s bytes, in a file of %d"
              .formatted(Long.toUnsignedString(length), channel.size()));
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : header(WeightFile.read(channel, Long.BYTES, length))) {
      if (!entry.getKey().equals(METADATA)) {
        Tensor tensor = tensor(entry.getKey(), entry.getValue(), Long.BYTES + length, data);
        tensors.put(tensor.name(), tensor);
      }
    }
    checkGaps(tensors, Long.BYTES + length, channel.size());
    return tensors;
  }

  private static List<Map.Entry<String, JsonNode>> header(byte[] bytes) throws IOException {
    JsonNode header;
    try {
      header = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IOException("its header is no JSON: " + e.getOriginalMessage(), e);
    }
    if (!header.isObject()) {
      throw new IOException("its header is no JSON object");
    }
    return List.copyOf(header.properties());
  }

  private static Tensor tensor(String name, JsonNode entry, long begin, long bytes)
      throws IOException {
    String title = entry.path("dtype").asText();
    ElementType type =
        ElementType.ofTitle(title)
            .orElseThrow(
                () -> new IOException("%s is of the unknown type %s".formatted(name, title)));
    List<Long> shape = numbers(name, entry.path("shape"));
    List<Long> offsets = numbers(name, entry.path("data_offsets"));
    long count = TensorChecks.count(name, shape);
    if (offsets.size() != 2
        || offsets.get(0) < 0
        || offsets.get(1) > bytes
        || offsets.get(1) - offsets.get(0) != count * type.bytes()) {
      throw new IOException(
          "%s, %s of shape %s, is said to be at %s of %d bytes"
              .formatted(name, type.title(), shape, offsets, bytes));
    }
    return Tensor.dense(name, type, shape, begin + offsets.get(0));
  }

  private static List<Long> numbers(String name, JsonNode array) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (JsonNode number : array) {
      if (!number.canConvertToExactIntegral() || !number.canConvertToLong()) {
        throw new IOException("%s has %s where a whole number must be".formatted(name, number));
      }
      numbers.add(number.asLong());
    }
    if (!array.isArray()) {
      throw new IOException(name + " has no shape or no place");
    }
    return numbers;
  }

  private static void checkGaps(Map<String, Tensor> tensors, long begin, long end)
      throws IOException {
    TensorChecks.apart(List.copyOf(tensors.values()));
    long bytes = 0;
    for (Tensor tensor : tensors.values()) {
      bytes += tensor.count() * tensor.type().bytes();
    }
    if (bytes != end - begin) {
      throw new IOException(
          "its tensors have %d bytes, and %d follow its header".formatted(bytes, end - begin));
    }
  }

  /**
   * Writes a file; leaves the stream open. Tensors of wide elements come first, so that each lies
   * at a multiple of its element's size.
   */
  static void write(List<NewTensor> tensors, Map<String, String> metadata, OutputStream out)
      throws IOException {
    List<NewTensor> widestFirst =
        tensors.stream()
            .sorted(Comparator.comparing((NewTensor tensor) -> -tensor.type().bytes()))
            .toList();
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode texts = header.putObject(METADATA);
      metadata.forEach(texts::put);
    }
    long at = 0;
    for (NewTensor tensor : widestFirst) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.type().title());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      entry.putArray("data_offsets").add(at).add(at + tensor.bytes());
      at += tensor.bytes();
    }
    byte[] text = JSON.writeValueAsBytes(header);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded.length)
            .array());
    out.write(padded);
    for (NewTensor tensor : widestFirst) {
      tensor.content().write(out);
    }
  }
}
