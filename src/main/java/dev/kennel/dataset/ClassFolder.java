package dev.kennel.dataset;

import dev.kennel.config.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A folder of images of one class. Of a million files it holds their names, not their paths.
 *
 * @param name its last step
 * @param place the folder as tables hold it; empty if the files are whole paths
 * @param files by name
 * @param entries where the files' bytes are, if they are in an archive; empty if they are not
 */
record ClassFolder(String name, String place, List<String> files, List<ArchiveEntry> entries) {

  /** What macOS adds to archives: a file of its own notes for each file. */
  static final String NOTES_OF_MACOS = "__MACOSX/";

  private static final int NAMED = 3; // folders that an error names

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
    Map<String, List<ArchiveEntry>> files = new TreeMap<>();
    classes.forEach(folder -> files.put(folder, new ArrayList<>()));
    for (ArchiveEntry entry : entries) {
      List<ArchiveEntry> ofClass = files.get(folderOf(entry.name()));
      if (ofClass == null) {
        ignored.add(entry.path());
      } else {
        ofClass.add(entry);
      }
    }
    return files.entrySet().stream().map(one -> of(one.getKey(), one.getValue())).toList();
  }

  private static ClassFolder of(String folder, List<ArchiveEntry> entries) {
    String archive = entries.get(0).archive();
    List<String> files = entries.stream().map(entry -> lastStepOf(entry.name())).toList();
    return new ClassFolder(
        lastStepOf(folder), ArchiveEntry.path(archive, folder), files, List.copyOf(entries));
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
