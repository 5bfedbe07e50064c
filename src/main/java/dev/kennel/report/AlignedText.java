package dev.kennel.report;

import java.util.ArrayList;
import java.util.List;

/** Lines of cells below each other. */
public final class AlignedText {
  private AlignedText() {}

  /** The first column flush left, the others flush right, two spaces between. */
  public static String of(List<List<String>> lines) {
    StringBuilder text = new StringBuilder();
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < lines.get(0).size(); i++) {
      int column = i;
      widths.add(lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0));
    }
    for (List<String> line : lines) {
      text.append(("%-" + widths.get(0) + "s").formatted(line.get(0)));
      for (int i = 1; i < widths.size(); i++) {
        text.append(("%" + (widths.get(i) + 2) + "s").formatted(line.get(i)));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
