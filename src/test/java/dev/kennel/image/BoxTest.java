package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BoxTest {
  private static final SplittableRandom RANDOM = new SplittableRandom(1);

  @Test
  void aGivenShareAndRatioLeaveThePlaceAlone() {
    for (int i = 0; i < 100; i++) {
      // a quarter of 64 pixels is 16: twice as wide as high is √32 by √8
      Box box = Box.draw(8, new Range(0.25, 0.25), new Range(2, 2), 8, RANDOM).orElseThrow();

      assertThat(box.width()).isEqualTo(6);
      assertThat(box.height()).isEqualTo(3);
      assertThat(box.left()).isBetween(0, 2);
      assertThat(box.top()).isBetween(0, 5);
    }
  }

  @Test
  void sharesAreEvenRatiosAreInTheirLogarithmAndPlacesAreEven() {
    List<Box> boxes = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      boxes.add(Box.draw(1000, new Range(0.1, 0.3), new Range(0.5, 2), 1000, RANDOM).orElseThrow());
    }

    assertThat(boxes).allSatisfy(box -> assertThat(share(box)).isBetween(0.099, 0.301));
    assertThat(boxes)
        .allSatisfy(box -> assertThat((double) box.width() / box.height()).isBetween(0.49, 2.01));
    assertThat(mean(boxes.stream().map(BoxTest::share).toList())).isCloseTo(0.2, within(0.003));
    assertThat(boxes.stream().filter(box -> box.width() > box.height()).count())
        .isBetween(1900L, 2100L);
    assertThat(mean(boxes.stream().map(b -> b.left() / (1000.0 - b.width())).toList()))
        .isCloseTo(0.5, within(0.02));
    assertThat(mean(boxes.stream().map(b -> b.top() / (1000.0 - b.height())).toList()))
        .isCloseTo(0.5, within(0.02));
  }

  @Test
  void whatDoesNotFitIsNone() {
    assertThat(Box.draw(8, new Range(1, 1), new Range(1, 1), 7, RANDOM)).isEmpty();
    assertThat(Box.draw(8, new Range(1, 1), new Range(2, 2), 8, RANDOM)).isEmpty();
    assertThat(Box.draw(8, new Range(0, 0), new Range(1, 1), 8, RANDOM)).isEmpty();
  }

  private static double share(Box box) {
    return box.width() * box.height() / 1e6;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
