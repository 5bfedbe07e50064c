package dev.kennel.bench;

import dev.kennel.config.UserError;
import dev.kennel.image.DecodeOptions;
import dev.kennel.image.ImageDecoder;
import dev.kennel.image.RgbImage;
import dev.kennel.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Times what is done to an image file before training, on one thread: decoding, resizing, cropping.
 * The files are in memory, so that no disk is timed.
 *
 * @param folder whose files are taken, at any depth, in the order of their paths
 * @param imageSize side of the square, in pixels
 * @param passes over all images that are timed, after the warm-up
 * @param reduced whether JPEGs much larger than the square are decoded at reduced size
 */
public record ImageBenchmark(Path folder, int imageSize, int passes, boolean reduced) {
  private static final int WARM_UP_SECONDS = 8; // until Java has compiled all of it for good
  private static final long MOST_BYTES = 256L << 20; // more files than that are left out

  /**
   * Runs it.
   *
   * @return one line of JSON: images a second in the median pass, and its parts in milliseconds an
   *     image
   * @throws UserError if the folder cannot be read or holds no image
   */
  public String run(String version) {
    List<byte[]> images = readable(files());
    if (images.isEmpty()) {
      throw new UserError(cannot() + "it holds no image");
    }
    long warm = System.nanoTime() + WARM_UP_SECONDS * 1_000_000_000L;
    while (System.nanoTime() < warm) {
      pass(images);
    }
    double[] decoding = new double[passes];
    double[] total = new double[passes];
    for (int i = 0; i < passes; i++) {
      double[] seconds = pass(images);
      decoding[i] = seconds[0] / images.size();
      total[i] = seconds[1] / images.size();
    }
    double median = median(total);
    return String.format(
        Locale.ROOT,
        "{\"engine\": \"kennel %s\", \"images\": %d, \"image_size\": %d, \"reduced\": %b,"
            + " \"images_per_second\": %.1f, \"decode_ms\": %.3f, \"resize_ms\": %.3f}",
        version,
        images.size(),
        imageSize,
        reduced,
        1 / median,
        1e3 * median(decoding),
        1e3 * (median - median(decoding)));
  }

  /** Seconds of decoding, and of all. */
  private double[] pass(List<byte[]> images) {
    long begin = System.nanoTime();
    long decoding = 0;
    for (byte[] bytes : images) {
      long start = System.nanoTime();
      RgbImage image = decode(bytes);
      decoding += System.nanoTime() - start;
      image.square(imageSize);
    }
    return new double[] {decoding / 1e9, (System.nanoTime() - begin) / 1e9};
  }

  private RgbImage decode(byte[] bytes) {
    DecodeOptions full = DecodeOptions.DEFAULT;
    try {
      return ImageDecoder.decode(
              bytes, new DecodeOptions(full.maxPixels(), false, reduced ? imageSize : 0))
          .image();
    } catch (UnreadableImageException e) {
      throw new IllegalStateException("An image that was decoded before is not any more", e);
    }
  }

  private List<byte[]> files() {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      long bytes = 0;
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        bytes += Files.size(path);
        if (bytes > MOST_BYTES) {
          break;
        }
        files.add(Files.readAllBytes(path));
      }
    } catch (IOException e) {
      throw new UserError(cannot() + e.getMessage(), e);
    }
    return files;
  }

  private static List<byte[]> readable(List<byte[]> files) {
    List<byte[]> readable = new ArrayList<>();
    for (byte[] file : files) {
      try {
        ImageDecoder.decode(file);
        readable.add(file);
      } catch (UnreadableImageException e) {
        // Not an image: it is not timed, and not counted.
      }
    }
    return readable;
  }

  private String cannot() {
    return "Cannot read images from " + folder + ": ";
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
