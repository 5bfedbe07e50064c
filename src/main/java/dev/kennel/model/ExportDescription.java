package dev.kennel.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kennel.network.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be known to use an exported model: as a JSON file beside it, and as texts within it
 * where its format has room for them.
 *
 * <p>The JSON is a {@code config.json} of the library timm, which knows the ResNets by the same
 * names, with one more object, {@code kennel}.
 *
 * @param files the names of the model's files, the one to be opened first
 */
record ExportDescription(ModelDescription model, ExportFormat format, List<String> files) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** The JSON file's content. */
  byte[] json() {
    int size = model.imageSize();
    ObjectNode json = JSON.createObjectNode();
    json.put("architecture", model.network());
    json.put("num_classes", model.classNames().size());
    json.putPOJO("label_names", model.classNames());
    ObjectNode timm = json.putObject("pretrained_cfg");
    timm.putPOJO("input_size", List.of(3, size, size));
    timm.put("fixed_input_size", !isResNet());
    timm.put("interpolation", "bilinear");
    timm.put("crop_pct", 1.0);
    timm.put("crop_mode", "center");
    timm.putPOJO("mean", model.mean());
    timm.putPOJO("std", model.standardDeviation());
    if (isResNet()) {
      timm.put("first_conv", "conv1");
      timm.put("classifier", "fc");
    }
    ObjectNode kennel = json.putObject("kennel");
    kennel.putPOJO("files", files);
    kennel.put("format", format.extension());
    kennel.put(
        "input", "float32 [batch, 3, %d, %d]: red, green, blue; row by row".formatted(size, size));
    kennel.put("output", output());
    kennel.put("example", example(files.get(0)));
    kennel.putPOJO("preprocessing", preprocessing());
    kennel.put("test_flip", model.testFlip());
    kennel.putPOJO("class_folders", model.classFolders());
    kennel.put("run_id", model.runId());
    kennel.put("epochs", model.epochs());
    kennel.put("kennel_version", model.kennelVersion());
    return bytes(json);
  }

  /** The same as texts by their names; lists are JSON. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("network", model.network());
    texts.put("image_size", String.valueOf(model.imageSize()));
    texts.put("class_names", text(model.classNames()));
    texts.put("class_folders", text(model.classFolders()));
    texts.put("preprocessing", String.join("; ", preprocessing()));
    texts.put("test_flip", String.valueOf(model.testFlip()));
    texts.put("mean", text(model.mean()));
    texts.put("standard_deviation", text(model.standardDeviation()));
    texts.put("run_id", model.runId());
    texts.put("epochs", String.valueOf(model.epochs()));
    texts.put("kennel_version", model.kennelVersion());
    return texts;
  }

  /** What one line of Python opens the model with. */
  String example(String file) {
    String parameters =
        switch (format) {
          case ONNX ->
              "onnxruntime.InferenceSession(\"%s\").run([\"probabilities\"], {\"image\": images})"
                  .formatted(file);
          case PTH -> "torch.load(\"%s\")".formatted(file);
          case SAFETENSORS -> "safetensors.torch.load_file(\"%s\")".formatted(file);
        };
    if (format == ExportFormat.ONNX) {
      return "(probabilities,) = " + parameters;
    }
    String load = "model.load_state_dict(%s)".formatted(parameters);
    return isResNet()
        ? "model = torchvision.models.%s(num_classes=%d); %s; model.eval()"
            .formatted(model.network(), model.classNames().size(), load)
        : load + "; model.eval()  # model: a module of yours with these parameters";
  }

  private String output() {
    String logits =
        "logits [batch, %d]: a score a class, by label".formatted(model.classNames().size());
    return (format == ExportFormat.ONNX
            ? logits
                + "; probabilities [batch, %d]: their softmax".formatted(model.classNames().size())
            : logits + "; their softmax is the probabilities")
        + (model.testFlip()
            ? " (test_flip: take the mean of the probabilities of an image and of the same mirrored"
                + " left to right)"
            : "");
  }

  /** From the bytes of an image file to the input, step by step, as training has it. */
  private List<String> preprocessing() {
    int size = model.imageSize();
    return List.of(
        "decode to 8-bit red, green, blue (of 16 bits the upper 8, grey repeated, alpha dropped,"
            + " colour profile ignored)"
            + (model.decodeTarget() == 0
                ? ""
                : "; JPEGs much larger than squares of %d pixels at a half, a quarter or an eighth"
                        .formatted(model.decodeTarget())
                    + " of their size"),
        "turn upright by the EXIF orientation",
        "resize the shorter side to %d pixels and the longer in proportion, rounded down, by a"
                .formatted(size)
            + " triangle filter that widens with the reduction (Pillow's BILINEAR, torchvision's"
            + " Resize with antialias)",
        "crop the centre square of %d pixels".formatted(size),
        "divide by 255",
        "subtract the mean of each channel, divide by its standard deviation");
  }

  private boolean isResNet() {
    return switch (Network.of(model.network())) {
      case RESNET18, RESNET34, RESNET50 -> true;
      case RESFCN18, CUSTOMCNN -> false;
    };
  }

  private static String text(Object value) {
    try {
      return JSON.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write " + value + " as JSON", e);
    }
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the description of a model as JSON", e);
    }
  }
}
