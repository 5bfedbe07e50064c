package dev.kennel;

import dev.kennel.dataset.PreparedImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Images that are easy to tell apart: class 0 is red, 1 green, 2 blue, each with noise. */
public final class ColouredImages {
  private ColouredImages() {}

  /** So many images; the classes take turns. */
  public static List<PreparedImage> images(int classes, int size, int count) {
    List<PreparedImage> images = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      int label = id % classes;
      images.add(new PreparedImage(id, id, label, pixels(label, size, id)));
    }
    return images;
  }

  /** One folder per class (red, green, blue) of so many PNG files. */
  public static void write(Path folder, int imagesPerClass, int size) throws IOException {
    String[] names = {"red", "green", "blue"};
    for (int label = 0; label < names.length; label++) {
      Path of = Files.createDirectories(folder.resolve(names[label]));
      for (int i = 0; i < imagesPerClass; i++) {
        byte[] pixels = pixels(label, size, label * 1000 + i);
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < size * size; at++) {
          int rgb =
              (pixels[at] & 255) << 16
                  | (pixels[size * size + at] & 255) << 8
                  | (pixels[2 * size * size + at] & 255);
          image.setRGB(at % size, at / size, rgb);
        }
        ImageIO.write(image, "png", of.resolve(String.format("%03d.png", i)).toFile());
      }
    }
  }

  private static byte[] pixels(int label, int size, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[3 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      boolean isOwn = i / (size * size) == label;
      pixels[i] = (byte) (random.nextInt(120) + (isOwn ? 120 : 0));
    }
    return pixels;
  }
}
