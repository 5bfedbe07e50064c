import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Writes many small images, hardly two alike, in class folders; started by many-files.sh. */
final class ManyFiles {
  private static final int SIDE = 32;

  private ManyFiles() {}

  /** Arguments: a folder that does not exist yet, how many images, in how many classes. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int images = Integer.parseInt(arguments[1]);
    int classes = Integer.parseInt(arguments[2]);
    ImageIO.setUseCache(false);
    for (int label = 0; label < classes; label++) {
      Files.createDirectories(folder.resolve(String.format("class-%04d", label)));
    }
    IntStream.range(0, images).parallel().forEach(i -> write(folder, i, classes));
  }

  /** A JPEG of coarse random blocks in its class's colour. */
  private static void write(Path folder, int number, int classes) {
    int label = number % classes;
    SplittableRandom random = new SplittableRandom(number);
    int colour = new SplittableRandom(~label).nextInt(1 << 24);
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y += 8) {
      for (int x = 0; x < SIDE; x += 8) {
        int block = random.nextInt(4) == 0 ? random.nextInt(1 << 24) : colour;
        for (int i = 0; i < 64; i++) {
          image.setRGB(x + i % 8, y + i / 8, block);
        }
      }
    }
    Path file = folder.resolve(String.format("class-%04d/%08d.jpg", label, number));
    try {
      ImageIO.write(image, "jpg", file.toFile());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
