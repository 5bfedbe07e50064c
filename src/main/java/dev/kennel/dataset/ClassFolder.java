package dev.kennel.dataset;

import dev.kennel.config.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A folder of images of one class.
 *
 * @param name its last step
 * @param files by name
 */
record ClassFolder(String name, List<File> files) {

  /** What macOS adds to archives: a file of its own notes for each file. */
  private static final String NOTES_OF_MACOS = "__MACOSX/";

  private static final int NAMED = 3; // folders that an error names

  /**
   * A file.
   *
   * @param path as tables hold it
   * @param entry where its bytes are, if it is in an archive
   */
  record File(String path, Optional<ArchiveEntry> entry) {}

  /**
   * The class folders of an archive, wherever they are in it: those that hold files and no folders.
   *
   * @param entries of one archive, sorted by name
   * @param cannot what an error begins with
   * @param ignored told of the files that are in no class folder
   * @throws UserError if there are none, or not all in one folder
   */
  static List<ClassFolder> of(List<ArchiveEntry> entries, String cannot, List<String> ignored) {
    TreeSet<String> classes =
        entries.stream()
            .filter(entry -> !entry.name().startsWith(NOTES_OF_MACOS) && !entry.isRejected())
            .map(entry -> folderOf(entry.name()))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String folder : List.copyOf(classes)) { // those that hold folders hold no images
      for (String above = folder; !above.isEmpty(); ) {
        above = folderOf(above);
        classes.remove(above);
      }
    }
    classes.remove("");
    checkTogether(List.copyOf(classes), cannot);
    Map<String, List<File>> files = new TreeMap<>();
    classes.forEach(folder -> files.put(folder, new ArrayList<>()));
    for (ArchiveEntry entry : entries) {
      List<File> ofClass = files.get(folderOf(entry.name()));
      if (ofClass == null) {
        ignored.add(entry.path());
      } else {
        ofClass.add(new File(entry.path(), Optional.of(entry)));
      }
    }
    return files.entrySet().stream()
        .map(one -> new ClassFolder(lastStepOf(one.getKey()), one.getValue()))
        .toList();
  }

  private static String lastStepOf(String folder) {
    return folder.substring(folder.lastIndexOf('/') + 1);
  }

  private static String folderOf(String name) {
    return name.substring(0, Math.max(name.lastIndexOf('/'), 0));
  }

  private static void checkTogether(List<String> classes, String cannot) {
    if (classes.isEmpty()) {
      throw new UserError(cannot + ": it holds no folder of images; it needs one per class");
    }
    List<String> places = classes.stream().map(ClassFolder::folderOf).distinct().toList();
    if (places.size() > 1) {
      throw new UserError(
          cannot
              + ": its folders of images are not side by side, as in "
              + places.stream()
                  .limit(NAMED)
                  .map(
                      place ->
                          classes.stream()
                              .filter(one -> folderOf(one).equals(place))
                              .findFirst()
                              .orElseThrow())
                  .collect(Collectors.joining(", "))
              + "; it needs one folder per class");
    }
  }
}
