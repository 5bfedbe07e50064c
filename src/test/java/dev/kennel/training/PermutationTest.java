package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 17, 64, 65, 1000, 4097})
  void everyPlaceIsTakenOnce(int size) {
    Permutation order = new Permutation(size, 7);
    assertThat(IntStream.range(0, size).map(order::place).sorted().boxed())
        .isEqualTo(IntStream.range(0, size).boxed().toList());
  }

  @Test
  void everyPlaceIsAboutAsLikelyForEachThing() {
    // 5 things, 20,000 seeds: 4,000 times each place; a standard deviation is 57
    int[][] counts = new int[5][5];
    for (int seed = 0; seed < 20_000; seed++) {
      Permutation order = new Permutation(5, seed);
      for (int thing = 0; thing < 5; thing++) {
        counts[thing][order.place(thing)]++;
      }
    }
    for (int[] ofThing : counts) {
      assertThat(ofThing).satisfies(of -> assertThat(of).hasSize(5));
      for (int count : ofThing) {
        assertThat(count).isBetween(4_000 - 4 * 57, 4_000 + 4 * 57);
      }
    }
  }

  @Test
  void neighboursDoNotStayTogether() {
    // of 10,000 neighbours two in random order are neighbours by chance: 2 / 10,000 each
    Permutation order = new Permutation(10_000, 3);
    long together =
        IntStream.range(1, 10_000)
            .filter(i -> Math.abs(order.place(i) - order.place(i - 1)) == 1)
            .count();
    assertThat(together).isLessThan(10);
  }

  @Test
  void anotherSeedIsAnotherOrder() {
    long same =
        IntStream.range(0, 1000)
            .filter(i -> new Permutation(1000, 1).place(i) == new Permutation(1000, 2).place(i))
            .count();
    assertThat(same).isLessThan(10); // 1 is expected
  }

  @Test
  void whatIsNotAmongThemIsAnError() {
    assertThatThrownBy(() -> new Permutation(3, 0).place(3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new Permutation(0, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
