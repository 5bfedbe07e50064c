package dev.kennel.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.kennel.image.DecodeOptions;
import java.io.Serializable;
import java.util.List;

/**
 * What must be known to use a model's parameters: {@code model.json} of its folder.
 *
 * @param format of the folder: {@link #FORMAT}
 * @param network the network's name, such as {@code resnet18}
 * @param imageSize height and width of its input in pixels
 * @param classFolders the folder of each class, by label
 * @param classNames the name of each class, by label
 * @param mean subtracted from each channel of an image scaled to [0, 1]: red, green, blue
 * @param standardDeviation each channel is divided by, after that
 * @param decodeTarget side, in pixels, of the largest square that JPEGs were decoded for, larger
 *     ones at a half, a quarter or an eighth of their size; 0: all in full
 * @param testFlip whether its probabilities are the mean of those for an image and for its mirror
 *     image
 * @param runId the run that trained it
 * @param epochs passes over the training images
 * @param kennelVersion the program that saved it
 */
@JsonPropertyOrder({
  "format",
  "network",
  "image_size",
  "class_folders",
  "class_names",
  "mean",
  "standard_deviation",
  "decode_target",
  "test_flip",
  "run_id",
  "epochs",
  "kennel_version"
})
public record ModelDescription(
    int format,
    String network,
    @JsonProperty("image_size") int imageSize,
    @JsonProperty("class_folders") List<String> classFolders,
    @JsonProperty("class_names") List<String> classNames,
    List<Double> mean,
    @JsonProperty("standard_deviation") List<Double> standardDeviation,
    @JsonProperty("decode_target") int decodeTarget,
    @JsonProperty("test_flip") boolean testFlip,
    @JsonProperty("run_id") String runId,
    int epochs,
    @JsonProperty("kennel_version") String kennelVersion)
    implements Serializable {
  /** The format of folders that this version writes and reads. */
  public static final int FORMAT = 1;

  /** How images are decoded, as for training. */
  public DecodeOptions decoding(boolean acceptsTruncated) {
    return new DecodeOptions(DecodeOptions.DEFAULT.maxPixels(), acceptsTruncated, decodeTarget);
  }

  /** Number of classes. */
  public int classes() {
    return classNames.size();
  }
}
