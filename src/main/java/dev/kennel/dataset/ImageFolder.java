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
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Lists images from folders with one folder per class, archives of such a folder, or a manifest, on
 * any file system that Hadoop opens. Every file of a class folder is listed, whatever its name:
 * what is no image is found when it is decoded.
 */
public final class ImageFolder {
  /**
   * One row an image: {@code id} (its position in the listing), {@code path}, {@code label}, {@code
   * class_name}, {@code split} ({@code train}, {@code test}, or null where the job splits), and
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

  private static final int IMAGES_A_TASK = 200;

  private final Configuration hadoop;
  private final Path staging;
  private final List<Row> rows = new ArrayList<>();

  /**
   * A listing.
   *
   * @param images a row an image, of {@link #SCHEMA}, sorted by split, class and path
   * @param classes the classes
   * @param count number of images
   * @param ignored files and folders that belong to no class, for the run to say
   */
  public record Listing(Dataset<Row> images, Classes classes, int count, List<String> ignored) {}

  private ImageFolder(Configuration hadoop, Path staging) {
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
    ImageFolder lister =
        new ImageFolder(spark.sparkContext().hadoopConfiguration(), new Path(staging));
    List<String> ignored = new ArrayList<>();
    Classes classes =
        settings.manifest().isPresent()
            ? lister.add(Manifest.read(spark, settings.manifest().get(), settings.folder()))
            : lister.addFolders(settings, ignored);
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int count = lister.rows.size();
    int slices = Math.max(sc.defaultParallelism(), count / IMAGES_A_TASK);
    Dataset<Row> images = spark.createDataFrame(sc.parallelize(lister.rows, slices), SCHEMA);
    return new Listing(images, classes, count, ignored);
  }

  /** The rows of {@link #list}, without Spark: of folders, archives and lists, not of manifests. */
  static List<Row> rows(Configuration hadoop, ImageSettings settings, String staging) {
    ImageFolder lister = new ImageFolder(hadoop, new Path(staging));
    lister.addFolders(settings, new ArrayList<>());
    return lister.rows;
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
    Map<String, Integer> labels = new HashMap<>();
    classes.folders().forEach(name -> labels.put(name, labels.size()));
    for (Manifest.Image image : images) {
      int label = labels.get(image.className());
      rows.add(
          RowFactory.create(
              rows.size(),
              image.path(),
              label,
              classes.name(label),
              image.split().orElse(null),
              null));
    }
    return classes;
  }

  private Classes add(String folder, Optional<String> split, List<String> ignored) {
    String cannot = split.equals(Optional.of("test")) ? "Cannot test on " : "Cannot train on ";
    List<ClassFolder> folders = classFolders(folder, cannot, ignored);
    add(folders, split);
    return classes(folders);
  }

  private Classes addListed(String folder, String train, String test, List<String> ignored) {
    List<ClassFolder> folders = classFolders(folder, "Cannot train on ", ignored);
    ImageLists lists = ImageLists.read(hadoop, train, test);
    lists.check(folders, folder).ifPresent(ignored::add);
    add(lists.of("train", folders, folder), Optional.of("train"));
    add(lists.of("test", folders, folder), Optional.of("test"));
    return classes(folders);
  }

  private void add(List<ClassFolder> folders, Optional<String> split) {
    Classes classes = classes(folders);
    for (int label = 0; label < folders.size(); label++) {
      for (ClassFolder.File file : folders.get(label).files()) {
        rows.add(
            RowFactory.create(
                rows.size(),
                file.path(),
                label,
                classes.name(label),
                split.orElse(null),
                file.entry().map(ArchiveEntry::row).orElse(null)));
      }
    }
  }

  private static Classes classes(List<ClassFolder> folders) {
    return new Classes(folders.stream().map(ClassFolder::name).toList());
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
    List<FileStatus> folders = entries.stream().filter(ImageFolder::isClass).toList();
    if (folders.isEmpty()) {
      throw new UserError(
          cannot + folder + ": it holds no folder of images; it needs one per class");
    }
    List<ClassFolder> classes = new ArrayList<>();
    for (FileStatus classFolder : folders) {
      List<ClassFolder.File> files =
          files(cannot + folder, classFolder, folders.size() == 1).stream()
              .map(file -> new ClassFolder.File(show(file.getPath()), Optional.empty()))
              .toList();
      classes.add(new ClassFolder(classFolder.getPath().getName(), files));
    }
    return classes;
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

  /** The files of a class folder. Folders in it mean that the listing began a level too high. */
  private List<FileStatus> files(String cannot, FileStatus classFolder, boolean only) {
    List<FileStatus> entries = entries(classFolder.getPath(), show(classFolder.getPath()));
    List<FileStatus> nested = entries.stream().filter(ImageFolder::isClass).toList();
    if (!nested.isEmpty()) {
      String inner = classFolder.getPath().getName();
      throw new UserError(
          cannot
              + ": its folder "
              + inner
              + " holds folders ("
              + nested.get(0).getPath().getName()
              + (nested.size() > 1 ? ", …" : "")
              + "), not images"
              + (only
                  ? "; did you mean " + show(classFolder.getPath()) + "?"
                  : "; name the folder that holds one folder per class"));
    }
    return entries.stream().filter(entry -> !entry.isDirectory()).toList();
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
