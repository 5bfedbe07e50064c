package dev.kennel.training;

import dev.kennel.dataset.PreparedImage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.NoSuchElementException;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import scala.Tuple2;
import scala.collection.AbstractIterator;
import scala.collection.Iterator;
import scala.reflect.ClassTag;

/**
 * How images travel in a shuffle, each behind its place in the epoch: five big-endian numbers of 32
 * bits (place, id, index, label, bytes of pixels) and the pixels in one piece. Java's own
 * serialization reads and writes a kilobyte at a time.
 */
final class ImageSerializer extends Serializer implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int HEADER = 5 * Integer.BYTES;

  @Override
  public SerializerInstance newInstance() {
    return new Instance();
  }

  /** Records may be put in another order as bytes: none refers to another one. */
  @Override
  public boolean supportsRelocationOfSerializedObjects() {
    return true;
  }

  private static final class Instance extends SerializerInstance {
    @Override
    public SerializationStream serializeStream(OutputStream out) {
      return new Writer(out);
    }

    @Override
    public DeserializationStream deserializeStream(InputStream in) {
      return new Reader(in);
    }

    @Override
    public <T> ByteBuffer serialize(T one, ClassTag<T> tag) {
      throw new UnsupportedOperationException("Images are serialized as streams only");
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassTag<T> tag) {
      throw new UnsupportedOperationException("Images are serialized as streams only");
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassLoader loader, ClassTag<T> tag) {
      throw new UnsupportedOperationException("Images are serialized as streams only");
    }
  }

  private static final class Writer extends SerializationStream {
    private final OutputStream out;
    private int place;

    Writer(OutputStream out) {
      this.out = out;
    }

    /** A key is kept until its value comes. */
    @Override
    public <T> SerializationStream writeObject(T keyOrValue, ClassTag<T> tag) {
      if (keyOrValue instanceof Integer key) {
        place = key;
        return this;
      }
      PreparedImage image = (PreparedImage) keyOrValue;
      ByteBuffer header =
          ByteBuffer.allocate(HEADER)
              .putInt(place)
              .putInt(image.id())
              .putInt(image.index())
              .putInt(image.label())
              .putInt(image.pixels().length);
      try {
        out.write(header.array());
        out.write(image.pixels());
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void flush() {
      try {
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Reader extends DeserializationStream {
    private final InputStream in;
    private ByteBuffer header; // of the record whose value comes next; null: not read yet

    Reader(InputStream in) {
      this.in = in;
    }

    /** Keys and values in turn. */
    @Override
    public <T> T readObject(ClassTag<T> tag) {
      return header == null ? readKey(tag) : readValue(tag);
    }

    @Override
    @SuppressWarnings("unchecked") // keys are places
    public <T> T readKey(ClassTag<T> tag) {
      if (!readHeader()) {
        throw new UncheckedIOException(new EOFException("There is no further image"));
      }
      return (T) (Object) header.getInt();
    }

    /** Whether there is another record. */
    private boolean readHeader() {
      byte[] bytes = new byte[HEADER];
      try {
        int read = in.readNBytes(bytes, 0, HEADER);
        if (read == 0) {
          return false;
        }
        requireAll(read, HEADER);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      header = ByteBuffer.wrap(bytes);
      return true;
    }

    private static void requireAll(int read, int expected) throws EOFException {
      if (read < expected) {
        throw new EOFException(
            "The images end amid one: %d of %d bytes are there".formatted(read, expected));
      }
    }

    @Override
    @SuppressWarnings("unchecked") // values are images
    public <T> T readValue(ClassTag<T> tag) {
      int id = header.getInt();
      int index = header.getInt();
      int label = header.getInt();
      byte[] pixels = new byte[header.getInt()];
      header = null;
      try {
        requireAll(in.readNBytes(pixels, 0, pixels.length), pixels.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return (T) new PreparedImage(id, index, label, pixels);
    }

    @Override
    public Iterator<Tuple2<Object, Object>> asKeyValueIterator() {
      return new AbstractIterator<>() {
        private boolean hasEnded;

        @Override
        public boolean hasNext() {
          if (header == null && !hasEnded && !readHeader()) {
            hasEnded = true;
            close(); // which frees what was fetched
          }
          return !hasEnded;
        }

        @Override
        public Tuple2<Object, Object> next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          return new Tuple2<>(header.getInt(), readValue(null));
        }
      };
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
