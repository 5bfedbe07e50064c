package dev.kennel.dataset;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Lists images from folders with one folder per class, archives of such a folder, or a manifest, on
 * any file system that Hadoop opens. Every file of a class folder is listed, whatever its name:
 * what is no image is found when it is decoded.
 */
public final class ImageSource {
  /**
   * One row an image: {@code id} (its position in the listing), {@code path}, {@code label}, {@code
   * class_name}, {@code split} (one of {@link Split#NAMES}, or null where the job splits), and
   * {@code entry}, where its bytes are if it is in an archive.
   */
  static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.IntegerType, false)
          .add("path", DataTypes.StringType, false)
          .add("label", DataTypes.IntegerType, false)
          .add("class_name", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, true)
          .add("entry", ArchiveEntry.SCHEMA, true);

  /** Images that a task reads, or fewer where there would be few tasks. */
  private static final int IMAGES_A_TASK = 512;

  private static final int TASKS_A_CORE =
      4; // so that one slow task does not keep the others waiting

  /** Folders that are listed at once; an object store answers each after a tenth of a second. */
  private static final int LISTED_AT_ONCE = 32;

  private final Configuration hadoop;
  private final Path staging;
  private final List<Side> sides = new ArrayList<>();

  /** The images of one side of a split, or of all: a folder a class, by label. */
  private record Side(String split, List<ClassFolder> folders) {
    int size() {
      return folders.stream().mapToInt(folder -> folder.files().size()).sum();
    }
  }

  /**
   * A listing.
   *
   * @param images a row an image, of {@link #SCHEMA}, sorted by split, class and path
   * @param classes the classes
   * @param count number of images
   * @param ignored files and folders that belong to no class, for the run to say
   */
  public record Listing(Dataset<Row> images, Classes classes, int count, List<String> ignored) {}

  private ImageSource(Configuration hadoop, Path staging) {
    this.hadoop = hadoop;
    this.staging = staging;
  }

  /**
   * Lists the images of the settings' folders or archives, which are named there.
   *
   * @param staging where a compressed tar is unpacked, once for all runs; executors must see it
   * @throws UserError if a folder cannot be read, holds no or one class, holds folders of folders,
   *     or if the train and the test folder differ in their classes
   */
  public static Listing list(SparkSession spark, ImageSettings settings, String staging) {
    ImageSource lister =
        new ImageSource(spark.sparkContext().hadoopConfiguration(), new Path(staging));
    List<String> ignored = new ArrayList<>();
    Classes classes =
        settings.manifest().isPresent()
            ? lister.add(Manifest.read(spark, settings.manifest().get(), settings.folder()))
            : lister.addFolders(settings, ignored);
    return lister.listing(spark, classes, ignored);
  }

  /**
   * Lists images of which no class is known: files, all files of folders and of folders in them,
   * and archives. The listing's only label is 0, of a class without a name.
   *
   * @param places files, folders or archives; in their order, and in each sorted by name
   * @throws UserError if one cannot be read, or there are no files at all
   */
  public static Listing unlabelled(SparkSession spark, List<String> places) {
    ImageSource lister = unlabelled(spark);
    List<ClassFolder> folders = new ArrayList<>();
    boolean isLocal = spark.sparkContext().isLocal();
    for (String place : places) {
      if (!isLocal && Archive.isCompressedTar(place)) {
        throw new UserError(
            "Cannot read images from %s on a cluster: it has to be unpacked as a whole; unpack it, or"
                    .formatted(place)
                + " make a .zip or .tar of it");
      }
      lister.addAll(place, folders);
    }
    if (folders.stream().allMatch(folder -> folder.files().isEmpty())) {
      throw new UserError(
          "Cannot read images from " + String.join(", ", places) + ": it holds no files");
    }
    return lister.listUnlabelled(spark, folders);
  }

  /**
   * Lists the images of a manifest, of which no class need be known.
   *
   * @throws UserError if it cannot be read, lacks the column of paths, or a row has no path
   */
  public static Listing unlabelled(SparkSession spark, String manifest, String pathColumn) {
    List<String> paths = Manifest.paths(spark, manifest, pathColumn);
    return unlabelled(spark)
        .listUnlabelled(spark, List.of(new ClassFolder("", "", paths, List.of())));
  }

  private static ImageSource unlabelled(SparkSession spark) {
    return new ImageSource(
        spark.sparkContext().hadoopConfiguration(),
        new Path(System.getProperty("java.io.tmpdir"), "kennel-unpacked"));
  }

  private Listing listUnlabelled(SparkSession spark, List<ClassFolder> folders) {
    folders.forEach(folder -> sides.add(new Side(null, List.of(folder))));
    return listing(spark, new Classes(List.of("")), List.of());
  }

  private void addAll(String place, List<ClassFolder> folders) {
    Path path = path(place);
    if (isFolder(path)) {
      addTree(path, folders);
    } else if (Archive.isArchive(place)) {
      List<ArchiveEntry> entries =
          Archive.list(hadoop, path, staging).stream()
              .filter(entry -> !entry.name().startsWith(ClassFolder.NOTES_OF_MACOS))
              .toList();
      List<String> files = entries.stream().map(ArchiveEntry::path).toList();
      folders.add(new ClassFolder("", "", files, entries));
    } else {
      folders.add(new ClassFolder("", "", List.of(file(path, place)), List.of()));
    }
  }

  private void addTree(Path folder, List<ClassFolder> folders) {
    List<FileStatus> entries = entries(folder, show(folder));
    List<String> files =
        entries.stream()
            .filter(entry -> !entry.isDirectory())
            .map(entry -> entry.getPath().getName())
            .toList();
    folders.add(new ClassFolder("", show(folder), files, List.of()));
    entries.stream()
        .filter(ImageSource::isClass)
        .forEach(entry -> addTree(entry.getPath(), folders));
  }

  private String file(Path path, String place) {
    try {
      path.getFileSystem(hadoop).getFileStatus(path);
      return place;
    } catch (FileNotFoundException e) {
      throw new UserError("Cannot read images from " + place + ": there is no such file", e);
    } catch (IOException e) {
      throw new UserError("Cannot read images from " + place + ": " + Archive.why(e), e);
    }
  }

  /** The DataFrame of what was listed. Its rows are made in tasks: the driver keeps less. */
  private Listing listing(SparkSession spark, Classes classes, List<String> ignored) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int count = sides.stream().mapToInt(Side::size).sum();
    int tasks = TASKS_A_CORE * sc.defaultParallelism();
    int most = Math.max(1, Math.min(IMAGES_A_TASK, (count + tasks - 1) / tasks));
    List<ListedFiles> pieces = pieces(classes, most);
    int slices = Math.max(1, Math.min(pieces.size(), (count + most - 1) / most));
    JavaRDD<Row> rows = sc.parallelize(pieces, slices).flatMap(ListedFiles::rows);
    return new Listing(spark.createDataFrame(rows, SCHEMA), classes, count, ignored);
  }

  /** What was listed, in pieces of at most so many files. */
  private List<ListedFiles> pieces(Classes classes, int most) {
    List<ListedFiles> pieces = new ArrayList<>();
    int id = 0;
    for (Side side : sides) {
      for (int label = 0; label < side.folders.size(); label++) {
        ClassFolder folder = side.folders.get(label);
        String className = classes.name(label);
        pieces.addAll(ListedFiles.of(folder, id, label, className, side.split, most));
        id += folder.files().size();
      }
    }
    return pieces;
  }

  /** The rows of {@link #list}, without Spark: of folders, archives and lists, not of manifests. */
  static List<Row> rows(Configuration hadoop, ImageSettings settings, String staging) {
    ImageSource lister = new ImageSource(hadoop, new Path(staging));
    Classes classes = lister.addFolders(settings, new ArrayList<>());
    List<Row> rows = new ArrayList<>();
    lister
        .pieces(classes, IMAGES_A_TASK)
        .forEach(piece -> piece.rows().forEachRemaining(rows::add));
    return rows;
  }

  private Classes addFolders(ImageSettings settings, List<String> ignored) {
    if (settings.trainList().isPresent()) {
      return addListed(
          settings.folder().orElseThrow(),
          settings.trainList().get(),
          settings.testList().orElseThrow(),
          ignored);
    }
    if (settings.folder().isPresent()) {
      return add(settings.folder().get(), Optional.empty(), ignored);
    }
    String train = settings.train().orElseThrow();
    String test = settings.test().orElseThrow();
    Classes classes = add(train, Optional.of("train"), ignored);
    Classes others = add(test, Optional.of("test"), ignored);
    checkSame(train, classes, test, others);
    return classes;
  }

  private Classes add(List<Manifest.Image> images) {
    Classes classes =
        new Classes(images.stream().map(Manifest.Image::className).distinct().sorted().toList());
    Map<String, Map<String, List<String>>> bySide = new LinkedHashMap<>(); // and by class
    for (Manifest.Image image : images) {
      bySide
          .computeIfAbsent(image.split().orElse(null), split -> new HashMap<>())
          .computeIfAbsent(image.className(), name -> new ArrayList<>())
          .add(image.path());
    }
    bySide.forEach(
        (split, paths) ->
            sides.add(
                new Side(
                    split,
                    classes.folders().stream()
                        .map(
                            name ->
                                new ClassFolder(
                                    name, "", paths.getOrDefault(name, List.of()), List.of()))
                        .toList())));
    return classes;
  }

  private Classes add(String folder, Optional<String> split, List<String> ignored) {
    String cannot = split.equals(Optional.of("test")) ? "Cannot test on " : "Cannot train on ";
    List<ClassFolder> folders = classFolders(folder, cannot, ignored);
    return add(folders, split.orElse(null));
  }

  private Classes addListed(String folder, String train, String test, List<String> ignored) {
    List<ClassFolder> folders = classFolders(folder, "Cannot train on ", ignored);
    ImageLists lists = ImageLists.read(hadoop, train, test);
    lists.check(folders, folder).ifPresent(ignored::add);
    add(lists.of("train", folders), "train");
    return add(lists.of("test", folders), "test");
  }

  private Classes add(List<ClassFolder> folders, String split) {
    Classes classes = new Classes(folders.stream().map(ClassFolder::name).toList());
    sides.add(new Side(split, folders));
    return classes;
  }

  private List<ClassFolder> classFolders(String folder, String cannot, List<String> ignored) {
    Path path = path(folder);
    List<ClassFolder> folders =
        Archive.isArchive(folder) && !isFolder(path)
            ? ClassFolder.of(Archive.list(hadoop, path, staging), cannot + folder, ignored)
            : inFolder(path, folder, cannot, ignored);
    if (folders.size() == 1) {
      throw new UserError(
          cannot
              + folder
              + ": it holds one class, "
              + folders.get(0).name()
              + "; a classifier needs two or more");
    }
    if (folders.stream().allMatch(one -> one.files().isEmpty())) {
      throw new UserError(cannot + folder + ": its class folders hold no images");
    }
    return folders;
  }

  private List<ClassFolder> inFolder(
      Path path, String folder, String cannot, List<String> ignored) {
    List<FileStatus> entries = entries(path, folder);
    entries.stream()
        .filter(entry -> !isClass(entry))
        .forEach(entry -> ignored.add(show(entry.getPath())));
    List<FileStatus> folders = entries.stream().filter(ImageSource::isClass).toList();
    if (folders.isEmpty()) {
      throw new UserError(
          cannot + folder + ": it holds no folder of images; it needs one per class");
    }
    boolean isOnly = folders.size() == 1;
    return Concurrently.map(
        folders, LISTED_AT_ONCE, classFolder -> classFolder(cannot + folder, classFolder, isOnly));
  }

  private boolean isFolder(Path path) {
    try {
      return path.getFileSystem(hadoop).getFileStatus(path).isDirectory();
    } catch (IOException e) {
      return false; // whoever reads it says why it cannot be read
    }
  }

  private static Path path(String folder) {
    try {
      return new Path(folder);
    } catch (IllegalArgumentException e) {
      throw new UserError("Cannot read images from " + folder + ": that is no path", e);
    }
  }

  /** A class folder and its files. Folders in it mean that the listing began a level too high. */
  private ClassFolder classFolder(String cannot, FileStatus folder, boolean isOnly) {
    String place = show(folder.getPath());
    String name = folder.getPath().getName();
    List<FileStatus> entries = entries(folder.getPath(), place);
    List<FileStatus> nested = entries.stream().filter(ImageSource::isClass).toList();
    if (!nested.isEmpty()) {
      throw new UserError(
          cannot
              + ": its folder "
              + name
              + " holds folders ("
              + nested.get(0).getPath().getName()
              + (nested.size() > 1 ? ", …" : "")
              + "), not images"
              + (isOnly
                  ? "; did you mean " + place + "?"
                  : "; name the folder that holds one folder per class"));
    }
    List<String> files =
        entries.stream()
            .filter(entry -> !entry.isDirectory())
            .map(entry -> entry.getPath().getName())
            .toList();
    return new ClassFolder(name, place, files, List.of());
  }

  private List<FileStatus> entries(Path path, String shown) {
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.getFileStatus(path).isDirectory()) {
        throw new UserError("Cannot read images from " + shown + ": it is a file, not a folder");
      }
      return Stream.concat(Arrays.stream(files.listStatus(path)), brokenLinks(files, path))
          .sorted(Comparator.comparing(status -> status.getPath().getName()))
          .toList();
    } catch (FileNotFoundException e) {
      throw new UserError("Cannot read images from " + shown + ": there is no such folder", e);
    } catch (AccessControlException e) {
      throw new UserError("Cannot read images from " + shown + ": permission denied", e);
    } catch (IOException e) {
      throw new UserError("Cannot read images from " + shown + ": " + e.getMessage(), e);
    }
  }

  /**
   * Local links that lead nowhere: Hadoop leaves them out; as files they are rejected, and said.
   */
  private static Stream<FileStatus> brokenLinks(FileSystem files, Path folder) throws IOException {
    if (!files.getUri().getScheme().equals("file")) {
      return Stream.empty();
    }
    try (Stream<java.nio.file.Path> list =
        Files.list(java.nio.file.Path.of(folder.toUri().getPath()))) {
      return list.filter(file -> !Files.exists(file)).toList().stream()
          .map(
              file ->
                  new FileStatus(
                      0, false, 0, 0, 0, new Path(folder, file.getFileName().toString())));
    }
  }

  private static boolean isClass(FileStatus entry) {
    return entry.isDirectory() && !entry.getPath().getName().startsWith(".");
  }

  /** The path as tables hold it: without the scheme where local files are the default. */
  private String show(Path path) {
    boolean local = FileSystem.getDefaultUri(hadoop).getScheme().equals("file");
    return local && "file".equals(path.toUri().getScheme())
        ? path.toUri().getPath()
        : path.toString();
  }

  private static void checkSame(String train, Classes trainClasses, String test, Classes others) {
    TreeSet<String> onlyTrain = new TreeSet<>(trainClasses.folders());
    onlyTrain.removeAll(others.folders());
    TreeSet<String> onlyTest = new TreeSet<>(others.folders());
    onlyTest.removeAll(trainClasses.folders());
    if (!onlyTrain.isEmpty() || !onlyTest.isEmpty()) {
      throw new UserError(
          "Cannot test on "
              + test
              + ": its classes differ from those of "
              + train
              + onlyIn("train", onlyTrain)
              + onlyIn("test", onlyTest));
    }
  }

  private static String onlyIn(String side, TreeSet<String> classes) {
    if (classes.isEmpty()) {
      return "";
    }
    return "; only in "
        + side
        + ": "
        + String.join(", ", classes.stream().limit(3).toList())
        + (classes.size() > 3 ? " and " + (classes.size() - 3) + " more" : "");
  }
}
