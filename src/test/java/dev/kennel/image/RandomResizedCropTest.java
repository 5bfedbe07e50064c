package dev.kennel.image;

import static dev.kennel.image.Planes.grey;
import static dev.kennel.image.Planes.samples;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomResizedCropTest {
  private static final byte[] SIXTEEN =
      grey(
          0, 10, 20, 30, //
          40, 50, 90, 70, //
          80, 90, 130, 110, //
          120, 130, 140, 150);

  @Test
  void onePixelFillsTheWholeImage() {
    byte[] crop = RandomResizedCrop.crop(SIXTEEN, 4, new Box(3, 0, 1, 1));

    assertThat(samples(crop)).hasSize(16).containsOnly(30);
  }

  @Test
  void aCropIsStretchedInBothDirectionsAndSeesNothingBesideIt() {
    // The four new columns lie at -0.25, 0.25, 0.75 and 1.25 between the two old ones, 0 and 1.
    assertThat(samples(RandomResizedCrop.crop(SIXTEEN, 4, new Box(1, 1, 2, 2))))
        .containsExactly(
            50, 60, 80, 90, //
            60, 70, 90, 100, //
            80, 90, 110, 120, //
            90, 100, 120, 130);
  }

  @Test
  void aWholeColumnIsStretchedInOneDirection() {
    assertThat(samples(RandomResizedCrop.crop(SIXTEEN, 4, new Box(0, 0, 1, 4))))
        .containsExactly(0, 0, 0, 0, 40, 40, 40, 40, 80, 80, 80, 80, 120, 120, 120, 120);
  }

  @Test
  void channelsKeepTheirPlaces() {
    byte[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

    assertThat(RandomResizedCrop.crop(image, 2, new Box(0, 0, 2, 2))).isEqualTo(image);
    assertThat(RandomResizedCrop.crop(image, 2, new Box(1, 0, 1, 2)))
        .containsExactly(2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12);
  }

  @Test
  void allOfTheAreaIsTheImageItself() {
    RandomResizedCrop all = new RandomResizedCrop(new Range(1, 1), new Range(1, 1));

    assertThat(all.apply(SIXTEEN, 4, new SplittableRandom(1))).isEqualTo(SIXTEEN);
  }

  @Test
  void whereNoCropFitsTheLargestInTheMiddleIsTaken() {
    RandomResizedCrop wide = new RandomResizedCrop(new Range(1, 1), new Range(2, 3));
    RandomResizedCrop high = new RandomResizedCrop(new Range(1, 1), new Range(0.3, 0.5));
    SplittableRandom random = new SplittableRandom(1);

    assertThat(wide.apply(SIXTEEN, 4, random))
        .isEqualTo(RandomResizedCrop.crop(SIXTEEN, 4, new Box(0, 1, 4, 2)));
    assertThat(high.apply(SIXTEEN, 4, random))
        .isEqualTo(RandomResizedCrop.crop(SIXTEEN, 4, new Box(1, 0, 2, 4)));
  }
}
