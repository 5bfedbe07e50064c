package dev.kennel.dataset;

import dev.kennel.image.ImageForm;
import dev.kennel.image.ImageOverview;
import dev.kennel.image.RgbImage;
import java.io.Serializable;
import java.util.List;

/**
 * What an image is like that could be decoded.
 *
 * @param file what the driver knows of any file; not rejected
 * @param look what was found in its pixels
 */
public record InspectedImage(ImageFile file, Look look) implements Serializable {
  /**
   * What was found in an image's bytes and pixels.
   *
   * @param form its format, and the form of that
   * @param width in pixels, of the upright image
   * @param height in pixels, of the upright image
   * @param means of red, green and blue over the whole image, 0 to 255
   * @param perceptualHash as of {@link ImageOverview#perceptualHash}
   * @param isPlain whether that hash says little
   * @param channels red, green and blue of its centre square
   */
  public record Look(
      String form,
      int width,
      int height,
      List<Double> means,
      long perceptualHash,
      boolean isPlain,
      List<ChannelSum> channels)
      implements Serializable {
    static Look of(byte[] bytes, RgbImage image, int size) {
      ImageOverview overview = image.overview();
      return new Look(
          ImageForm.of(bytes),
          image.width(),
          image.height(),
          List.of(overview.mean(0), overview.mean(1), overview.mean(2)),
          overview.perceptualHash(),
          overview.isPlain(),
          ChannelSum.of(image.square(size)));
    }
  }
}
