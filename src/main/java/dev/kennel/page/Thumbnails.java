package dev.kennel.page;

import dev.kennel.dataset.NamedImages;
import dev.kennel.dataset.NamedImages.Found;
import dev.kennel.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;

/** Small pictures of images: their centre squares, as networks see them. */
final class Thumbnails {
  /** Side in pixels. */
  static final int SIZE = 112;

  private Thumbnails() {}

  /** Data URLs by path, each a JPEG, or why there is none. */
  static Map<String, Found<String>> of(Configuration hadoop, List<String> paths, String staging) {
    List<Found<String>> found = NamedImages.read(hadoop, paths, staging, SIZE, Thumbnails::dataUrl);
    Map<String, Found<String>> byPath = new HashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      byPath.put(paths.get(i), found.get(i));
    }
    return byPath;
  }

  private static String dataUrl(RgbImage image) {
    byte[] planes = image.square(SIZE); // [3, SIZE, SIZE]
    BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    int plane = SIZE * SIZE;
    for (int i = 0; i < plane; i++) {
      int rgb =
          Byte.toUnsignedInt(planes[i]) << 16
              | Byte.toUnsignedInt(planes[i + plane]) << 8
              | Byte.toUnsignedInt(planes[i + 2 * plane]);
      picture.setRGB(i % SIZE, i / SIZE, rgb);
    }
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(picture, "jpeg", jpeg)) {
        throw new IllegalStateException("Every Java writes JPEG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Memory takes every byte", e);
    }
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg.toByteArray());
  }
}
