package dev.kennel.image;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.BigTIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * The formats that can be decoded. TwelveMonkeys' readers are made here rather than looked up:
 * ImageIO finds plug-ins through the class loader of whichever thread uses it first, and in a Spark
 * executor that one does not see the application's jar.
 */
final class Formats {
  private static final Set<String> OF_JAVA = Set.of("png", "gif", "bmp");
  private static final List<ImageReaderSpi> READERS = readers();

  static {
    ImageIO.setUseCache(false); // old JPEG in TIFF opens streams of its own, on disk by default
  }

  private Formats() {}

  private static List<ImageReaderSpi> readers() {
    IIORegistry registry = IIORegistry.getDefaultInstance();
    JPEGImageReaderSpi jpeg = new JPEGImageReaderSpi();
    jpeg.onRegistration(registry, ImageReaderSpi.class); // finds Java's reader, which it calls
    List<ImageReaderSpi> readers = new ArrayList<>();
    readers.add(jpeg);
    registry
        .getServiceProviders(ImageReaderSpi.class, Formats::isOfJava, false)
        .forEachRemaining(readers::add);
    readers.add(new WebPImageReaderSpi());
    readers.add(new TIFFImageReaderSpi());
    readers.add(new BigTIFFImageReaderSpi());
    return readers;
  }

  private static boolean isOfJava(Object provider) {
    return provider.getClass().getModule() == ImageIO.class.getModule()
        && OF_JAVA.contains(((ImageReaderSpi) provider).getFormatNames()[0]);
  }

  /** A new reader for what the stream begins with; whoever asks disposes of it. */
  static Optional<ImageReader> reader(ImageInputStream stream) throws IOException {
    for (ImageReaderSpi provider : READERS) {
      if (isFor(stream, provider)) {
        return Optional.of(provider.createReaderInstance());
      }
    }
    return Optional.empty();
  }

  private static boolean isFor(ImageInputStream stream, ImageReaderSpi provider)
      throws IOException {
    try {
      return provider.canDecodeInput(stream);
    } catch (EOFException e) {
      stream.seek(0);
      return false; // shorter than this format's first bytes, which says nothing of the next
    }
  }
}
