package dev.kennel.model;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.BaseDataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network's configuration and parameters in the file format of Deeplearning4j's {@link
 * ModelSerializer}, which goes through one float at a time and holds the whole file in the heap;
 * this goes through in pieces, and through the network's own memory only.
 *
 * <p>The file is a zip: {@code configuration.json}, and {@code coefficients.bin} as {@link
 * Nd4j#write} writes a vector, its floats big-endian. They are stored, not deflated, which would
 * take most of the time and make the file 8 % smaller. So their size stands before them, and the
 * stock loader needs heap for them once instead of twice; it loads up to 2 GiB, this any size.
 */
final class ModelFile {
  private ModelFile() {}

  /** What goes into an entry; the same each time it is written. */
  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** Writes a network that is initialized; leaves the stream open. */
  static void write(ComputationGraph network, OutputStream out) throws IOException {
    byte[] configuration = network.getConfiguration().toJson().getBytes(StandardCharsets.UTF_8);
    INDArray parameters = network.params();
    byte[] header = header(parameters);
    ZipOutputStream zip = new ZipOutputStream(out);
    store(
        zip,
        ModelSerializer.CONFIGURATION_JSON,
        configuration.length,
        entry -> entry.write(configuration));
    store(
        zip,
        ModelSerializer.COEFFICIENTS_BIN,
        header.length + Float.BYTES * parameters.length(),
        entry -> {
          entry.write(header);
          write(new Floats(parameters), entry);
        });
    zip.finish();
    out.flush();
  }

  /** Stores an entry; its checksum has to stand before it, so its content is gone through twice. */
  private static void store(ZipOutputStream zip, String name, long bytes, Content content)
      throws IOException {
    CRC32 checksum = new CRC32();
    content.write(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    content.write(zip);
    zip.closeEntry();
  }

  /** What {@link Nd4j#write} puts before the values: the shape, and their number and type. */
  private static byte[] header(INDArray vector) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    vector.shapeInfoDataBuffer().write(out);
    out.writeUTF(vector.data().allocationMode().name());
    out.writeLong(vector.length());
    out.writeUTF(vector.dataType().name());
    return bytes.toByteArray();
  }

  private static void write(Floats floats, OutputStream out) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(Float.BYTES * Floats.PIECE); // big-endian
    for (long at = 0; at < floats.length(); at += Floats.PIECE) {
      int now = floats.read(at, piece.asFloatBuffer());
      out.write(piece.array(), 0, Float.BYTES * now);
    }
  }

  /**
   * Reads a network from such a file, Deeplearning4j's own too; closes the stream.
   *
   * @throws IOException if it is none, or has parameters other than 32-bit floats
   */
  static ComputationGraph read(InputStream in) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(in, 1 << 16))) {
      ComputationGraphConfiguration configuration = null;
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(ModelSerializer.CONFIGURATION_JSON)) {
          String json = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
          configuration = ComputationGraphConfiguration.fromJson(json);
        } else if (entry.getName().equals(ModelSerializer.COEFFICIENTS_BIN)
            && configuration != null) {
          ComputationGraph network = new ComputationGraph(configuration);
          network.init(vector(new DataInputStream(zip)), false);
          zip.closeEntry(); // checks the checksum
          return network;
        }
      }
    }
    throw new IOException(
        "it is no zip with "
            + ModelSerializer.CONFIGURATION_JSON
            + " and after it "
            + ModelSerializer.COEFFICIENTS_BIN);
  }

  private static INDArray vector(DataInputStream in) throws IOException {
    in.skipNBytes(Long.BYTES * BaseDataBuffer.readHeader(in).getMiddle()); // the shape
    var header = BaseDataBuffer.readHeader(in);
    if (header.getRight() != DataType.FLOAT) {
      throw new IOException("its parameters are of type " + header.getRight() + ", not FLOAT");
    }
    INDArray vector = Nd4j.createUninitialized(DataType.FLOAT, 1, header.getMiddle());
    Floats floats = new Floats(vector);
    ByteBuffer piece = ByteBuffer.allocate(Float.BYTES * Floats.PIECE); // big-endian
    for (long at = 0; at < floats.length(); at += Floats.PIECE) {
      int now = floats.piece(at);
      in.readFully(piece.array(), 0, Float.BYTES * now);
      floats.write(at, piece.asFloatBuffer());
    }
    return vector;
  }
}
