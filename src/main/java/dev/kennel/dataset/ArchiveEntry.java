package dev.kennel.dataset;

import dev.kennel.image.UnreadableImageException.Reason;
import java.io.Serializable;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A file in an archive: where its bytes are, so that an executor can read it without the others.
 *
 * @param archive the archive, as the user named it
 * @param name the path in it, parted by {@code /}, without {@code .} and empty steps
 * @param source the file to read from: the archive, or for one that is compressed as a whole its
 *     unpacked copy
 * @param offset of the first byte in {@code source}
 * @param stored how many bytes there
 * @param length how many bytes the file has
 * @param deflated whether they are compressed, each file for itself; otherwise {@code stored} is
 *     {@code length}
 * @param crc32 of the file; -1 where the format has none
 * @param reason why it is not read; empty if it is
 * @param detail more about that, one line
 */
record ArchiveEntry(
    String archive,
    String name,
    String source,
    long offset,
    long stored,
    long length,
    boolean deflated,
    long crc32,
    String reason,
    String detail)
    implements Serializable {

  /** The type of {@link #row}. */
  static final StructType SCHEMA =
      new StructType()
          .add("archive", DataTypes.StringType, false)
          .add("name", DataTypes.StringType, false)
          .add("source", DataTypes.StringType, false)
          .add("offset", DataTypes.LongType, false)
          .add("stored", DataTypes.LongType, false)
          .add("length", DataTypes.LongType, false)
          .add("deflated", DataTypes.BooleanType, false)
          .add("crc32", DataTypes.LongType, false)
          .add("reason", DataTypes.StringType, false)
          .add("detail", DataTypes.StringType, false);

  private static final Pattern LEADING_STEPS = Pattern.compile("^(\\./+)+");
  private static final Pattern STEPS = Pattern.compile("/+(\\./+)*");

  ArchiveEntry {
    name = STEPS.matcher(LEADING_STEPS.matcher(name).replaceFirst("")).replaceAll("/");
    if (reason.isEmpty() && (offset < 0 || stored < 0 || length < 0)) {
      throw new IllegalArgumentException(
          "Cannot describe " + name + ": a negative offset or size: " + offset + ", " + length);
    }
  }

  /** A file as it is in {@code source}. */
  static ArchiveEntry plain(String archive, String name, String source, long offset, long length) {
    return new ArchiveEntry(archive, name, source, offset, length, length, false, -1, "", "");
  }

  /** The entry of a row. */
  static ArchiveEntry of(Row row) {
    return new ArchiveEntry(
        row.getString(0),
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getBoolean(6),
        row.getLong(7),
        row.getString(8),
        row.getString(9));
  }

  /** The entry as a row of a DataFrame. */
  Row row() {
    return RowFactory.create(
        archive, name, source, offset, stored, length, deflated, crc32, reason, detail);
  }

  /** The same file, left out. */
  ArchiveEntry rejected(String reason, String detail) {
    return new ArchiveEntry(
        archive, name, source, offset, stored, length, deflated, crc32, reason, detail);
  }

  /** A file that should lie beside this one, and does not. */
  ArchiveEntry absent(String file) {
    String folder = name.substring(0, name.lastIndexOf('/') + 1);
    return plain(archive, folder + file, source, 0, 0)
        .rejected(Reason.UNREADABLE.text(), "it is not in the archive");
  }

  /** Whether it must not be read. */
  boolean isRejected() {
    return !reason.isEmpty();
  }

  /** How tables and messages name it, such as {@code dogs.tar!/pug/1.jpg}. */
  String path() {
    return path(archive, name);
  }

  /** How tables and messages name what is in an archive. */
  static String path(String archive, String name) {
    return archive + "!/" + name;
  }
}
