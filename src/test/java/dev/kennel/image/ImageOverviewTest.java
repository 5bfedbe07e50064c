package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ImageOverviewTest {
  private static final int GREY_STEP = 0x010101;

  @Test
  void theMeansOfAPlainImageAreItsColour() throws UnreadableImageException {
    ImageOverview overview = of(new int[][] {{0x0a141e, 0x0a141e}, {0x0a141e, 0x0a141e}});
    assertThat(overview.mean(0)).isEqualTo(10);
    assertThat(overview.mean(1)).isEqualTo(20);
    assertThat(overview.mean(2)).isEqualTo(30);
  }

  @Test
  void theMeanCountsEachPixelAlikeWhateverTheCellsItLiesIn() throws UnreadableImageException {
    int[][] rows = new int[5][7];
    rows[2][3] = 0xff0000;
    assertThat(of(rows).mean(0)).isCloseTo(255.0 / 35, within(1e-12));
    assertThat(of(rows).mean(1)).isZero();
  }

  @Test
  void aBitIsOneWhereTheRightNeighbourIsLighter() throws UnreadableImageException {
    int[][] rows = new int[8][9];
    for (int x = 0; x < 9; x++) {
      rows[0][x] = x * 20 * GREY_STEP; // lighter from left to right: 11111111
      rows[1][x] = (8 - x) * 20 * GREY_STEP; // darker: 00000000
      rows[2][x] = x % 2 * 20 * GREY_STEP; // by turns: 10101010
      rows[7][x] = x == 8 ? 0xffffff : 0; // in the last cell only: 00000001
    }
    assertThat(of(rows).perceptualHash()).isEqualTo(0xff00aa0000000001L);
  }

  @Test
  void anEnlargedPictureHasTheSameHash() throws UnreadableImageException {
    int[][] small = new int[8][9];
    int[][] large = new int[8 * 5][9 * 7];
    for (int y = 0; y < large.length; y++) {
      for (int x = 0; x < large[0].length; x++) {
        large[y][x] = (y / 5 * 31 + x / 7 * 53) % 256 * GREY_STEP;
        small[y / 5][x / 7] = large[y][x];
      }
    }
    assertThat(of(large).perceptualHash()).isEqualTo(of(small).perceptualHash()).isNotZero();
  }

  @Test
  void aPixelOnAnEdgeCountsForBothCells() throws UnreadableImageException {
    // Two columns: four cells and a half each, so that the fifth is as light as both together.
    ImageOverview overview = of(new int[][] {{0, 0xffffff}});
    assertThat(overview.perceptualHash()).isEqualTo(0x1818181818181818L); // steps 4 and 5 of 8
  }

  @Test
  void aPictureOfFewStepsIsPlain() throws UnreadableImageException {
    assertThat(of(new int[][] {{0, 0xffffff}}).isPlain()).isTrue();
    int[][] stripes = new int[8][9];
    for (int[] row : stripes) {
      row[1] = row[3] = row[5] = 0xffffff;
    }
    assertThat(of(stripes).isPlain()).isFalse();
  }

  private static ImageOverview of(int[][] rows) throws UnreadableImageException {
    return ImageDecoder.decode(Pictures.file("png", Pictures.rgb(rows))).overview();
  }
}
