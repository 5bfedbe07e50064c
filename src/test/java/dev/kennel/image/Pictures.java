package dev.kennel.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

/** Makes small images and their files. */
final class Pictures {
  private Pictures() {}

  /** An RGB image from rows of 0xRRGGBB. */
  static BufferedImage rgb(int[]... rows) {
    BufferedImage image =
        new BufferedImage(rows[0].length, rows.length, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < rows.length; y++) {
      image.setRGB(0, y, rows[y].length, 1, rows[y], 0, rows[y].length);
    }
    return image;
  }

  /** A photograph's stand-in: large enough that half its file holds half its rows. */
  static BufferedImage noise(int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      image.setRGB(i % side, i / side, i * 0x9e3779b1);
    }
    return image;
  }

  /** Colours that change from pixel to pixel, up to the ends of their range. */
  static BufferedImage waves(int width, int height) {
    int[][] rows = new int[height][width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = wave(x * 0.31 + y * 0.07);
        int green = wave(x * 0.05 - y * 0.23);
        int blue = wave(x * 0.11 + y * 0.17);
        rows[y][x] = red << 16 | green << 8 | blue;
      }
    }
    return rgb(rows);
  }

  private static int wave(double phase) {
    return (int) Math.round(127.5 + 127.5 * Math.sin(phase));
  }

  /** A JPEG whose chrominance is so many times coarser than its luminance. */
  static byte[] jpeg(BufferedImage image, int wide, int high) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              new ImageTypeSpecifier(image), writer.getDefaultWriteParam());
      String format = metadata.getNativeMetadataFormatName();
      IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
      IIOMetadataNode light = (IIOMetadataNode) root.getElementsByTagName("componentSpec").item(0);
      light.setAttribute("HsamplingFactor", String.valueOf(wide));
      light.setAttribute("VsamplingFactor", String.valueOf(high));
      metadata.setFromTree(format, root);
      return written(writer, new IIOImage(image, null, metadata), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A JPEG whose first scan gives a coarse image, which the others make finer. */
  static byte[] progressiveJpeg(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    try {
      return written(writer, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] written(ImageWriter writer, IIOImage image, ImageWriteParam parameters)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, image, parameters);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** The file in an ImageIO format such as {@code png}. */
  static byte[] file(String format, BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException(
            "Cannot write " + format + ": no writer takes the image");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A TIFF header and one directory of one entry: tag 0x112, type SHORT, one value. */
  static byte[] exif(int orientation) {
    return ByteBuffer.allocate(26)
        .put("MM".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) 42)
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 0x112)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .putShort((short) 0)
        .putInt(0)
        .array();
  }

  /** The JPEG with an APP1 segment of these EXIF data at its beginning. */
  static byte[] withExif(byte[] exif, byte[] jpeg) {
    byte[] name = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    int length = 2 + name.length + exif.length;
    return ByteBuffer.allocate(jpeg.length + 2 + length)
        .put(jpeg, 0, 2)
        .putShort((short) 0xffe1)
        .putShort((short) length)
        .put(name)
        .put(exif)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  /** The same picture in all formats that can be written here or are among the resources. */
  static List<byte[]> ofAllFormats() {
    BufferedImage picture = waves(70, 50);
    BufferedImage grey = new BufferedImage(70, 50, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage palette = new BufferedImage(70, 50, BufferedImage.TYPE_BYTE_INDEXED);
    grey.createGraphics().drawImage(picture, 0, 0, null);
    palette.createGraphics().drawImage(picture, 0, 0, null);
    List<byte[]> files = new ArrayList<>();
    for (String format : List.of("jpg", "png", "gif", "bmp", "tif")) {
      files.add(file(format, picture));
      files.add(file(format, grey));
    }
    files.add(file("png", palette));
    files.add(file("bmp", palette));
    files.add(jpeg(picture, 1, 1));
    files.add(jpeg(picture, 2, 1));
    files.add(withExif(exif(6), jpeg(picture, 2, 2)));
    files.add(progressiveJpeg(picture));
    for (String resource :
        List.of("lossless.webp", "lossy.webp", "cmyk.jpg", "cmyk.tif", "jpeg.tif", "fax.tif")) {
      files.add(resource(resource));
    }
    return files;
  }

  /** A file that {@code make_pictures.py} made. */
  static byte[] resource(String name) {
    return bytes(Path.of("src/test/resources/pictures", name));
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] firstHalf(byte[] file) {
    return Arrays.copyOf(file, file.length / 2);
  }

  /** The pixel in column x and row y as 0xRRGGBB. */
  static int pixel(RgbImage image, int x, int y) {
    return image.sample(0, x, y) << 16 | image.sample(1, x, y) << 8 | image.sample(2, x, y);
  }
}
