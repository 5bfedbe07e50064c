package dev.kennel.page;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Pieces of HTML. Whatever comes from tables goes through {@link #text}. */
final class Markup {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
  private static final Pattern NUMBER = Pattern.compile("(< )?-?[\\d.,]+( to -?[\\d.]+)?( %)?|–");

  /** Characters of a cell that is broken into lines. */
  private static final int LONG = 32;

  private Markup() {}

  /** Text without what HTML would take for its own, in content and in quoted attributes. */
  static String text(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /**
   * The template with its {@code {{names}}} replaced, each once: what comes in is not looked at.
   */
  static String fill(String template, Map<String, String> values) {
    return PLACE
        .matcher(template)
        .replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
  }

  /** A table that scrolls by itself where it is too wide; numbers are flush right. */
  static String table(String caption, List<String> header, List<List<String>> rows) {
    StringBuilder head = new StringBuilder();
    for (int i = 0; i < header.size(); i++) {
      int column = i;
      boolean isNumber = i > 0 && rows.stream().allMatch(row -> isNumber(row.get(column)));
      head.append(isNumber ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
          .append(text(header.get(i)))
          .append("</th>");
    }
    return """
        <div class="scroll" role="region" tabindex="0" aria-label="%1$s">
        <table><caption>%1$s</caption>
        <thead><tr>%2$s</tr></thead>
        <tbody>
        %3$s
        </tbody></table>
        </div>
        """
        .formatted(
            text(caption), head, rows.stream().map(Markup::row).collect(Collectors.joining("\n")));
  }

  private static String row(List<String> cells) {
    StringBuilder row = new StringBuilder("<tr>");
    row.append(
            cells.get(0).length() > LONG
                ? "<th scope=\"row\" class=\"long\">"
                : "<th scope=\"row\">")
        .append(text(cells.get(0)))
        .append("</th>");
    for (String cell : cells.subList(1, cells.size())) {
      String kind = isNumber(cell) ? " class=\"n\"" : cell.length() > LONG ? " class=\"long\"" : "";
      row.append("<td").append(kind).append(">").append(text(cell)).append("</td>");
    }
    return row.append("</tr>").toString();
  }

  private static boolean isNumber(String cell) {
    return NUMBER.matcher(cell).matches();
  }
}
