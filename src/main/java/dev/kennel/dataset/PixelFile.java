package dev.kennel.dataset;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/** A Parquet file of pixels of one size, a row an image. */
final class PixelFile {
  /**
   * A row.
   *
   * @param sha256 of the image file, in hexadecimal
   * @param truncated how much of it was there, if it was cut short
   * @param pixels unsigned bytes [3, size, size]; none where only the other columns are read
   */
  @SuppressWarnings("ArrayRecordComponent") // by the thousand: the bytes themselves, never compared
  record Pixels(String sha256, Optional<String> truncated, byte[] pixels) {}

  private static final MessageType KEYS =
      Types.buildMessage()
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("sha256")
          .optional(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("truncated")
          .named("pixels");

  private static final MessageType ALL =
      KEYS.union(
          Types.buildMessage().required(PrimitiveTypeName.BINARY).named("pixels").named("pixels"));

  /**
   * Bytes that a writer holds in memory, and a reader reads at once: so few that they are still in
   * the processor's cache when they are copied.
   */
  private static final int ROW_GROUP = 1 << 20;

  private PixelFile() {}

  /**
   * Pages have checksums of their own, and those that Hadoop's local file system keeps beside
   * files, one for each half kilobyte, would take as long as all the rest of reading.
   */
  private static Configuration withoutSecondChecksums(Configuration hadoop) {
    Configuration raw = new Configuration(hadoop);
    raw.setClass("fs.file.impl", RawLocalFileSystem.class, FileSystem.class);
    raw.setBoolean("fs.file.impl.disable.cache", true);
    return raw;
  }

  /** Writes a file aside; it appears in its folder when it is published, whole. */
  static final class Writer implements Closeable {
    private final FileSystem files;
    private final Path staged;
    private final Path published;
    private final ParquetWriter<Group> rows;

    Writer(Path folder, Configuration configuration) throws IOException {
      Configuration hadoop = withoutSecondChecksums(configuration);
      String name = UUID.randomUUID() + ".parquet";
      files = folder.getFileSystem(hadoop);
      staged = new Path(folder, "." + name); // hidden from whoever reads the folder
      published = new Path(folder, name);
      rows =
          ExampleParquetWriter.builder(HadoopOutputFile.fromPath(staged, hadoop))
              .withConf(hadoop)
              .withType(ALL)
              .withCompressionCodec(CompressionCodecName.UNCOMPRESSED) // photographs stay as large
              .withDictionaryEncoding(false)
              .withPageWriteChecksumEnabled(true)
              .withRowGroupSize((long) ROW_GROUP)
              .withPageSize(ROW_GROUP)
              .withMinRowCountForPageSizeCheck(1) // rows are large
              .build();
    }

    void add(Pixels image) throws IOException {
      Group row = new SimpleGroup(ALL);
      row.add("sha256", image.sha256);
      image.truncated.ifPresent(detail -> row.add("truncated", detail));
      row.add("pixels", Binary.fromConstantByteArray(image.pixels));
      rows.write(row);
    }

    /** Ends the file and publishes it. */
    void publish() throws IOException {
      rows.close();
      if (!files.rename(staged, published)) {
        throw new IOException("Cannot rename " + staged + " to " + published);
      }
    }

    /** Removes what was not published. */
    @Override
    public void close() throws IOException {
      if (files.exists(staged)) {
        rows.close();
        files.delete(staged, false);
      }
    }
  }

  /** Of a reader with the configuration of its file; Parquet's own reads Hadoop's files anew. */
  private static final class Builder extends ParquetReader.Builder<Group> {
    Builder(HadoopInputFile file) {
      super(file);
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  /** Reads a file from its begin to its end. */
  static final class Reader implements Closeable {
    private final ParquetReader<Group> rows;
    private final boolean withPixels;

    Reader(Path file, Configuration hadoop, boolean withPixels) throws IOException {
      this.withPixels = withPixels;
      Configuration reading = withoutSecondChecksums(hadoop);
      reading.set(ReadSupport.PARQUET_READ_SCHEMA, (withPixels ? ALL : KEYS).toString());
      reading.setBoolean("parquet.page.verify-checksum.enabled", true);
      rows = new Builder(HadoopInputFile.fromPath(file, reading)).build();
    }

    /** The next row; empty at the end. */
    Optional<Pixels> next() throws IOException {
      Group row = rows.read();
      if (row == null) {
        return Optional.empty();
      }
      boolean isTruncated = row.getFieldRepetitionCount("truncated") > 0;
      return Optional.of(
          new Pixels(
              row.getString("sha256", 0),
              isTruncated ? Optional.of(row.getString("truncated", 0)) : Optional.empty(),
              withPixels ? row.getBinary("pixels", 0).getBytes() : new byte[0]));
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }
}
