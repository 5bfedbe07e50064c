package dev.kennel.dataset;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Makes folders of images. */
final class Pictures {
  private Pictures() {}

  /** Writes images of one colour each, {@code 0.png} and on, that differ in their bytes. */
  static void write(Path folder, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      write(folder.resolve(i + ".png"), 4, 4, folder.getFileName().hashCode() + i);
    }
  }

  /** Writes an image of one colour, 0xRRGGBB; the name's ending is its format. */
  static void write(Path file, int width, int height, int colour) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, colour);
    }
    write(file, image);
  }

  private static void write(Path file, BufferedImage image) throws IOException {
    String name = file.getFileName().toString();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), bytes);
    write(file, bytes.toByteArray());
  }

  /** Writes an image of random colours; the name's ending is its format. */
  static void noise(Path file, int width, int height) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, random.nextInt(1 << 24));
    }
    write(file, image);
  }

  /** Writes a file and the folders above it. */
  static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
