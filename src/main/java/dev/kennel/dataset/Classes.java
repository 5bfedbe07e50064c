package dev.kennel.dataset;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The classes of a data set. A class's label is its position here.
 *
 * @param folders the names of the classes' folders, sorted
 */
public record Classes(List<String> folders) implements Serializable {
  private static final Pattern IMAGENET = Pattern.compile("n\\d{8}-(.+)");

  public Classes {
    folders = List.copyOf(folders);
  }

  /** Number of classes. */
  public int size() {
    return folders.size();
  }

  /**
   * The name of a class: its folder's, or what follows the first hyphen of an ImageNet-style folder
   * such as {@code n02085620-Chihuahua}.
   */
  public String name(int label) {
    Matcher imagenet = IMAGENET.matcher(folders.get(label));
    return imagenet.matches() ? imagenet.group(1) : folders.get(label);
  }

  /** All names, by label. */
  public List<String> names() {
    return IntStream.range(0, size()).mapToObj(this::name).toList();
  }
}
