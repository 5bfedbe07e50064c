package dev.kennel.image;

import static dev.kennel.image.Pictures.file;
import static dev.kennel.image.Pictures.pixel;
import static dev.kennel.image.Pictures.progressiveJpeg;
import static dev.kennel.image.Pictures.rgb;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private static final int ORANGE = 0xc86432; // 200, 100, 50
  private static final int NEARLY_BLACK = 0x010203;

  // Orange and nearly black, 2 x 1 pixels, lossless; then the same with alpha 0 and 128.
  private static final String WEBP =
      "UklGRiYAAABXRUJQVlA4TBkAAAAvAQAAAA9wAbE9Jsi2DW070Oc/2A8Z0f8AAA==";
  private static final String WEBP_WITH_ALPHA =
      "UklGRiQAAABXRUJQVlA4TBgAAAAvAQAAEA9wAbE9Jsi2DW070AsY7CMj+h8=";
  // 8 x 8 pixels of orange, lossy.
  private static final String WEBP_LOSSY =
      "UklGRjgAAABXRUJQVlA4ICwAAACwAQCdASoIAAgAAsBMJaACdLoAAAAAAOyPwrFP8W0joUyH/xDnEFtR1iAAAA==";
  // 20 % cyan, 40 % magenta and 20 % black: 8 x 8 and 2 x 1 pixels.
  private static final String CMYK_JPEG =
      "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
          + "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAA"
          + "AAAAAAoI/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwBMCyD+CYH/2Q==";

  private static final String CMYK_TIFF =
      "SUkqAAgAAAAKAAABBAABAAAAAgAAAAEBBAABAAAAAQAAAAIBAwAEAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAA"
          + "BQAAABEBBAABAAAAjgAAABUBAwABAAAABAAAABYBBAABAAAAAQAAABcBBAABAAAACAAAABwBAwABAAAAAQAA"
          + "AAAAAAAIAAgACAAIADNmADMzZgAz";

  @ParameterizedTest
  @ValueSource(strings = {"png", "gif", "bmp", "tif"})
  void losslessFormatsGiveTheirVeryPixels(String format) throws Exception {
    RgbImage image =
        ImageDecoder.decode(file(format, rgb(new int[] {ORANGE, NEARLY_BLACK, 0xffffff})));

    assertThat(image.width()).isEqualTo(3);
    assertThat(image.height()).isEqualTo(1);
    assertThat(pixel(image, 0, 0)).isEqualTo(ORANGE);
    assertThat(pixel(image, 1, 0)).isEqualTo(NEARLY_BLACK);
    assertThat(pixel(image, 2, 0)).isEqualTo(0xffffff);
  }

  @ParameterizedTest
  @ValueSource(strings = {WEBP, WEBP_WITH_ALPHA})
  void webpGivesItsPixelsWithoutAlpha(String base64) throws Exception {
    RgbImage image = ImageDecoder.decode(Base64.getDecoder().decode(base64));

    assertThat(pixel(image, 0, 0)).isEqualTo(ORANGE);
    assertThat(pixel(image, 1, 0)).isEqualTo(NEARLY_BLACK);
  }

  @Test
  void lossyWebpComesClose() throws Exception {
    assertIsAbout(ORANGE, 8, ImageDecoder.decode(Base64.getDecoder().decode(WEBP_LOSSY)));
  }

  @Test
  void jpegComesCloseBaselineAndProgressive() throws Exception {
    int[] row = {ORANGE, ORANGE, ORANGE, ORANGE};
    BufferedImage orange = rgb(row, row, row, row);

    assertIsAbout(ORANGE, 4, ImageDecoder.decode(file("jpg", orange)));
    assertIsAbout(ORANGE, 4, ImageDecoder.decode(progressiveJpeg(orange)));
  }

  @ParameterizedTest
  @ValueSource(strings = {CMYK_JPEG, CMYK_TIFF})
  void cmykIsConverted(String base64) throws Exception {
    // 255 * 0.8 * 0.8, 255 * 0.6 * 0.8, 255 * 0.8
    assertIsAbout(0xa37acc, 1, ImageDecoder.decode(Base64.getDecoder().decode(base64)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp", "tif"})
  void greyIsRepeatedWithoutGamma(String format) throws Exception {
    BufferedImage grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    IntStream.range(0, 64).forEach(i -> grey.getRaster().setSample(i % 8, i / 8, 0, 100));

    assertThat(pixel(ImageDecoder.decode(file(format, grey)), 5, 5)).isEqualTo(0x646464);
  }

  @Test
  void blackAndWhiteBecomesZeroAnd255() throws Exception {
    BufferedImage bits = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    bits.getRaster().setSample(1, 0, 0, 1);

    RgbImage image = ImageDecoder.decode(file("png", bits));

    assertThat(pixel(image, 0, 0)).isZero();
    assertThat(pixel(image, 1, 0)).isEqualTo(0xffffff);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "tif"})
  void sixteenBitGreyKeepsItsUpperEight(String format) throws Exception {
    BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    grey.getRaster().setSample(0, 0, 0, 0x12ff);
    grey.getRaster().setSample(1, 0, 0, 0xffff);

    RgbImage image = ImageDecoder.decode(file(format, grey));

    assertThat(pixel(image, 0, 0)).isEqualTo(0x121212);
    assertThat(pixel(image, 1, 0)).isEqualTo(0xffffff);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sixteenBitColoursKeepTheirUpperEight(boolean alpha) throws Exception {
    BufferedImage colours = colours(DataBuffer.TYPE_USHORT, alpha);
    colours.getRaster().setPixel(0, 0, new int[] {0xc8ff, 0x6400, 0x3280, 0x8000});

    assertThat(pixel(ImageDecoder.decode(file("png", colours)), 0, 0)).isEqualTo(ORANGE);
  }

  @Test
  void alphaIsDroppedAndColoursUnderItStay() throws Exception {
    BufferedImage colours = colours(DataBuffer.TYPE_BYTE, true);
    colours.getRaster().setPixel(0, 0, new int[] {200, 100, 50, 0});

    assertThat(pixel(ImageDecoder.decode(file("png", colours)), 0, 0)).isEqualTo(ORANGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "gif"})
  void paletteIsLookedUpAndItsTransparentColourKept(String format) throws Exception {
    int transparent = 1;
    int[] colours = {NEARLY_BLACK, ORANGE};
    IndexColorModel palette =
        new IndexColorModel(1, 2, colours, 0, false, transparent, DataBuffer.TYPE_BYTE);
    BufferedImage indexed = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
    indexed.getRaster().setSample(0, 0, 0, transparent);

    RgbImage image = ImageDecoder.decode(file(format, indexed));

    assertThat(pixel(image, 0, 0)).isEqualTo(ORANGE);
    assertThat(pixel(image, 1, 0)).isEqualTo(NEARLY_BLACK);
  }

  @Test
  void onlyTheFirstFrameOfAGifCounts() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      for (int colour : new int[] {ORANGE, NEARLY_BLACK}) {
        writer.writeToSequence(new IIOImage(rgb(new int[] {colour}), null, null), null);
      }
      writer.endWriteSequence();
    }
    writer.dispose();

    assertThat(pixel(ImageDecoder.decode(out.toByteArray()), 0, 0)).isEqualTo(ORANGE);
  }

  @Test
  void aColourProfileThatClaimsGigabytesIsLeftAlone() throws Exception {
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    profile[0] = 0x7f; // the upper byte of its length
    byte[] jpeg = file("jpg", rgb(new int[] {ORANGE}));
    byte[] segment =
        ByteBuffer.allocate(18 + profile.length)
            .putShort((short) 0xffe2)
            .putShort((short) (16 + profile.length))
            .put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII))
            .putShort((short) 0x0101) // the first of one part
            .put(profile)
            .array();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.writeBytes(segment);
    out.write(jpeg, 2, jpeg.length - 2);

    assertIsAbout(ORANGE, 4, ImageDecoder.decode(out.toByteArray()));
  }

  @Test
  void manyThreadsDecodeAtOnce() {
    byte[] jpeg = file("jpg", Pictures.noise(64));

    assertThat(IntStream.range(0, 64).parallel().mapToObj(i -> square(jpeg)).distinct()).hasSize(1);
  }

  private static ByteBuffer square(byte[] file) {
    try {
      return ByteBuffer.wrap(ImageDecoder.decode(file).square(32));
    } catch (UnreadableImageException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void readersAreFoundWhenNoOtherClassLoaderKnowsThem() throws Exception {
    URL[] classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(ImageDecoderTest::url)
            .toArray(URL[]::new);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader own = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      Class<?> decoder = own.loadClass(ImageDecoder.class.getName());
      byte[] jpeg = file("jpg", rgb(new int[] {ORANGE}));

      for (byte[] bytes : List.of(Base64.getDecoder().decode(WEBP), jpeg)) {
        Object image = decoder.getMethod("decode", byte[].class).invoke(null, (Object) bytes);
        assertThat(image.getClass().getClassLoader()).isSameAs(own);
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL url(String path) {
    try {
      return new File(path).toURI().toURL();
    } catch (IOException e) {
      throw new IllegalArgumentException(path, e);
    }
  }

  private static void assertIsAbout(int colour, int tolerance, RgbImage image) {
    int x = image.width() / 2;
    int y = image.height() / 2;
    assertThat(image.sample(0, x, y)).isCloseTo(colour >> 16, within(tolerance));
    assertThat(image.sample(1, x, y)).isCloseTo(colour >> 8 & 0xff, within(tolerance));
    assertThat(image.sample(2, x, y)).isCloseTo(colour & 0xff, within(tolerance));
  }

  /** One pixel. */
  private static BufferedImage colours(int dataType, boolean alpha) {
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            alpha,
            false,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            dataType);
    WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
    return new BufferedImage(model, raster, false, null);
  }
}
