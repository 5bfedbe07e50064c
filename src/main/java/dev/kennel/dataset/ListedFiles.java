package dev.kennel.dataset;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Some files of one class folder, one after the other in the listing: what the driver keeps of
 * them, which may be millions, and what a task expands to rows.
 *
 * @param firstId position of the first in the listing
 * @param label of their class
 * @param className its name
 * @param split {@code train}, {@code validation} or {@code test}; null where the job splits
 * @param place see {@link ClassFolder}
 * @param files see {@link ClassFolder}
 * @param entries see {@link ClassFolder}
 */
record ListedFiles(
    int firstId,
    int label,
    String className,
    String split,
    String place,
    List<String> files,
    List<ArchiveEntry> entries)
    implements Serializable {

  /** Cuts a folder into pieces of at most so many files. */
  static List<ListedFiles> of(
      ClassFolder folder, int firstId, int label, String className, String split, int most) {
    List<ListedFiles> pieces = new ArrayList<>();
    for (int begin = 0; begin < folder.files().size(); begin += most) {
      int end = Math.min(begin + most, folder.files().size());
      List<ArchiveEntry> entries =
          folder.entries().isEmpty() ? List.of() : folder.entries().subList(begin, end);
      pieces.add(
          new ListedFiles(
              firstId + begin,
              label,
              className,
              split,
              folder.place(),
              List.copyOf(folder.files().subList(begin, end)),
              List.copyOf(entries)));
    }
    return pieces;
  }

  /** A row of {@link ImageSource#SCHEMA} a file. */
  Iterator<Row> rows() {
    return IntStream.range(0, files.size()).mapToObj(this::row).iterator();
  }

  private Row row(int i) {
    Row entry = entries.isEmpty() ? null : entries.get(i).row();
    return RowFactory.create(firstId + i, path(i), label, className, split, entry);
  }

  private String path(int i) {
    return place.isEmpty() ? files.get(i) : place + "/" + files.get(i);
  }
}
