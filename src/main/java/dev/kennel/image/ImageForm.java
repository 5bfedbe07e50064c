package dev.kennel.image;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names the format of an image file and, of JPEG and PNG, in which form its pixels are stored. */
public final class ImageForm {
  private static final int PNG_BITS = 24; // where the header has the bits of a sample
  private static final int PNG_COLOUR = 25;

  private ImageForm() {}

  /**
   * The form in words, such as {@code JPEG 4:2:0}, {@code JPEG progressive grey}, {@code PNG 16-bit
   * grey} or {@code WebP}; {@code other} for what begins as no known format does.
   */
  public static String of(byte[] bytes) {
    int length = Math.min(bytes.length, PNG_COLOUR + 1);
    String head = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    if (head.startsWith("\u00ff\u00d8")) {
      return jpeg(bytes);
    }
    if (head.startsWith("\u0089PNG") && length > PNG_COLOUR) {
      return "PNG " + bytes[PNG_BITS] + "-bit " + pngColours(bytes[PNG_COLOUR]);
    }
    if (head.startsWith("GIF8")) {
      return "GIF";
    }
    if (head.startsWith("BM")) {
      return "BMP";
    }
    if (head.matches("(?s)RIFF.{4}WEBP.*")) {
      return "WebP";
    }
    return head.matches("(?s)(II[*+]\0|MM\0[*+]).*") ? "TIFF" : "other"; // + is BigTIFF
  }

  private static String jpeg(byte[] bytes) {
    List<JpegSegment> frames = JpegSegment.of(bytes).stream().filter(JpegSegment::isFrame).toList();
    if (frames.isEmpty()) {
      return "JPEG";
    }
    JpegSegment frame = frames.get(0);
    String name = frame.isProgressive() ? "JPEG progressive " : "JPEG ";
    return switch (frame.components(bytes)) {
      case 1 -> name + "grey";
      case 3 -> name + sampling(frame, bytes);
      case 4 -> name + "CMYK";
      default -> name + frame.components(bytes) + " components";
    };
  }

  /** How coarse chrominance is: columns and rows of luminance to one of it. */
  private static String sampling(JpegSegment frame, byte[] bytes) {
    int luminance = factors(frame, bytes, 0);
    int cb = factors(frame, bytes, 1);
    if (cb != factors(frame, bytes, 2) || cb != 0x11) {
      return "of unusual sampling";
    }
    return switch (luminance) {
      case 0x11 -> "4:4:4";
      case 0x12 -> "4:4:0";
      case 0x21 -> "4:2:2";
      case 0x22 -> "4:2:0";
      case 0x41 -> "4:1:1";
      default -> "of unusual sampling";
    };
  }

  /** Of a component, how often it is sampled across (the upper four bits) and down. */
  private static int factors(JpegSegment frame, byte[] bytes, int component) {
    int at = 7 + 3 * component;
    return at < frame.length() ? bytes[frame.start() + at] : 0;
  }

  private static String pngColours(int type) {
    return switch (type) {
      case 0 -> "grey";
      case 2 -> "RGB";
      case 3 -> "palette";
      case 4 -> "grey with alpha";
      case 6 -> "RGB with alpha";
      default -> "of colour type " + type;
    };
  }
}
