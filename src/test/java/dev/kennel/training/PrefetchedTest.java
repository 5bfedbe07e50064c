package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefetchedTest {
  private final List<Integer> unused = new ArrayList<>();

  @Test
  void elementsComeInTheirOrderAndNoneIsLeft() {
    try (Prefetched<Integer> numbers = prefetched(IntStream.range(0, 100).iterator())) {
      List<Integer> taken = new ArrayList<>();
      numbers.forEachRemaining(taken::add);
      assertThat(taken).isEqualTo(IntStream.range(0, 100).boxed().toList());
    }
    assertThat(unused).isEmpty();
  }

  @Test
  void elementsAreMadeBeforeTheyAreAskedFor() throws InterruptedException {
    CountDownLatch made = new CountDownLatch(2);
    Iterator<Integer> counting =
        IntStream.range(0, 9).peek(i -> made.countDown()).boxed().iterator();
    try (Prefetched<Integer> numbers = prefetched(counting)) {
      made.await(); // nobody has asked for one
      assertThat(numbers.next()).isZero();
    }
  }

  @Test
  void whatTheMakerThrowsIsThrownInItsTurn() {
    Iterator<Integer> failing =
        IntStream.range(0, 3)
            .peek(
                i -> {
                  if (i == 2) {
                    throw new IllegalArgumentException("no third");
                  }
                })
            .boxed()
            .iterator();
    try (Prefetched<Integer> numbers = prefetched(failing)) {
      assertThat(numbers.next()).isZero();
      assertThat(numbers.next()).isOne();
      assertThatThrownBy(numbers::next)
          .hasMessageContaining("no third")
          .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatWasMadeAndNotAskedForIsGivenBackWhenItIsClosed() {
    Prefetched<Integer> numbers = prefetched(IntStream.iterate(0, i -> i + 1).iterator());
    assertThat(numbers.next()).isZero();
    assertThat(numbers.hasNext()).isTrue();
    numbers.close();
    assertThat(unused).contains(1).doesNotContain(0);
  }

  private Prefetched<Integer> prefetched(Iterator<Integer> from) {
    return new Prefetched<>(from, 2, unused::add);
  }
}
