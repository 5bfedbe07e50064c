package dev.kennel.dataset;

import dev.kennel.config.UserError;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Two text files that say which images of a folder are for training and which for testing, one path
 * a line, as the lists of Stanford Dogs do. Of a path the last two steps count, the class folder
 * and the file.
 */
final class ImageLists {
  /** Where an image is listed. */
  private record Place(String split, String list, int line) {}

  private final Configuration hadoop;
  private final Map<String, Place> places = new TreeMap<>(); // by CLASS/FILE

  private ImageLists(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * Reads two lists.
   *
   * @throws UserError if one cannot be read or names no image, or if an image is named twice
   */
  static ImageLists read(Configuration hadoop, String train, String test) {
    ImageLists lists = new ImageLists(hadoop);
    lists.add("train", train);
    lists.add("test", test);
    return lists;
  }

  /**
   * Checks that the lists are of these folders; what they leave out, in words, if anything.
   *
   * @param from where the folders are, for errors
   * @throws UserError if an image is listed whose class folder is not there
   */
  Optional<String> check(List<ClassFolder> folders, String from) {
    Set<String> classes = folders.stream().map(ClassFolder::name).collect(Collectors.toSet());
    places.forEach(
        (image, place) -> {
          String folder = image.substring(0, image.indexOf('/'));
          if (!classes.contains(folder)) {
            throw new UserError(
                "Cannot train on %s: line %d of %s names %s, and there is no folder %s"
                    .formatted(from, place.line, place.list, image, folder));
          }
        });
    long unlisted =
        folders.stream()
            .flatMap(folder -> folder.files().stream().map(file -> folder.name() + "/" + file))
            .filter(image -> !places.containsKey(image))
            .count();
    return unlisted == 0
        ? Optional.empty()
        : Optional.of(unlisted + " of the images, which are in neither list");
  }

  /**
   * The images of one side. One that is listed and not there is among them: it is found to be
   * unreadable when it is read.
   *
   * @param folders all images there are
   */
  List<ClassFolder> of(String split, List<ClassFolder> folders) {
    Map<String, List<String>> listed = new HashMap<>();
    folders.forEach(folder -> listed.put(folder.name(), new ArrayList<>()));
    places.forEach(
        (image, place) -> {
          if (place.split.equals(split)) {
            int end = image.indexOf('/');
            listed.get(image.substring(0, end)).add(image.substring(end + 1));
          }
        });
    return folders.stream()
        .map(
            folder -> {
              List<String> files = listed.get(folder.name());
              return new ClassFolder(folder.name(), folder.place(), files, entries(folder, files));
            })
        .toList();
  }

  private static List<ArchiveEntry> entries(ClassFolder folder, List<String> files) {
    if (folder.entries().isEmpty()) {
      return List.of();
    }
    Map<String, ArchiveEntry> there = new HashMap<>();
    for (int i = 0; i < folder.files().size(); i++) {
      there.put(folder.files().get(i), folder.entries().get(i));
    }
    ArchiveEntry neighbour = folder.entries().get(0);
    return files.stream().map(file -> there.getOrDefault(file, neighbour.absent(file))).toList();
  }

  private void add(String split, String list) {
    String cannot = "Cannot split images by " + list + ": ";
    int before = places.size();
    Path path = new Path(list);
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                path.getFileSystem(hadoop).open(path), StandardCharsets.UTF_8.newDecoder()))) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          add(line.strip(), new Place(split, list, number), cannot);
        }
      }
    } catch (FileNotFoundException e) {
      throw new UserError(cannot + "there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new UserError(cannot + "it is no text in UTF-8", e);
    } catch (IOException e) {
      throw new UserError(cannot + e.getMessage(), e);
    }
    if (places.size() == before) {
      throw new UserError(cannot + "it names no image");
    }
  }

  private void add(String line, Place place, String cannot) {
    String[] steps = line.split("/", -1);
    if (steps.length < 2) {
      throw new UserError(
          "%sline %d is %s; it needs CLASS/FILE".formatted(cannot, place.line, line));
    }
    String image = steps[steps.length - 2] + "/" + steps[steps.length - 1];
    Place before = places.putIfAbsent(image, place);
    if (before != null) {
      throw new UserError(
          "%sline %d names %s, which is line %d of %s"
              .formatted(cannot, place.line, image, before.line, before.list));
    }
  }
}
