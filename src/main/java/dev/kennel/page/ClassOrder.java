package dev.kennel.page;

import java.util.ArrayList;
import java.util.List;

/** Puts classes that are taken for each other side by side. */
final class ClassOrder {
  private ClassOrder() {}

  /**
   * A chain of the classes: each is followed by the one of the rest that it is confused with most;
   * where there is none, by the first of the two that are confused most among the rest.
   *
   * @param shares [actual][predicted], the shares of a class's images; in each other, ties keep the
   *     classes' own order
   */
  static List<Integer> of(double[][] shares) {
    List<Integer> rest = new ArrayList<>();
    for (int label = 0; label < shares.length; label++) {
      rest.add(label);
    }
    List<Integer> order = new ArrayList<>();
    while (!rest.isEmpty()) {
      Integer next = order.isEmpty() ? null : nearest(order.get(order.size() - 1), rest, shares);
      if (next == null) {
        next = mostConfused(rest, shares);
      }
      order.add(next);
      rest.remove(next);
    }
    return order;
  }

  private static Integer nearest(int label, List<Integer> rest, double[][] shares) {
    Integer nearest = null;
    double most = 0;
    for (Integer other : rest) {
      double link = shares[label][other] + shares[other][label];
      if (other != label && link > most) {
        most = link;
        nearest = other;
      }
    }
    return nearest;
  }

  private static Integer mostConfused(List<Integer> rest, double[][] shares) {
    Integer first = rest.get(0);
    double most = 0;
    for (Integer label : rest) {
      Integer other = nearest(label, rest, shares);
      double link = other == null ? 0 : shares[label][other] + shares[other][label];
      if (link > most) {
        most = link;
        first = label;
      }
    }
    return first;
  }
}
