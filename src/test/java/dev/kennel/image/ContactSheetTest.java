package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ContactSheetTest {
  private static final int WHITE = 0xffffff;

  @Test
  void imagesHaveTheirColoursAgainAndLieSideBySide() throws IOException {
    byte[] noise = Planes.noise(96);
    float[] image = new float[noise.length];
    Augmentation.NONE.write(noise, 96, 0, FloatBuffer.wrap(image));
    ContactSheet sheet = new ContactSheet(2, 3, 96);
    sheet.place(1, 2, image);

    BufferedImage drawn = drawn(sheet);

    assertThat(drawn.getWidth()).isEqualTo(4 + 3 * 100);
    assertThat(drawn.getHeight()).isEqualTo(4 + 2 * 100);
    for (int i = 0; i < 96 * 96; i++) {
      int rgb =
          (noise[i] & 0xff) << 16
              | (noise[96 * 96 + i] & 0xff) << 8
              | (noise[2 * 96 * 96 + i] & 0xff);
      assertThat(pixel(drawn, 204 + i % 96, 104 + i / 96)).isEqualTo(rgb);
    }
    assertThat(pixel(drawn, 203, 104)).isEqualTo(WHITE);
    assertThat(pixel(drawn, 300, 199)).isEqualTo(WHITE);
    assertThat(pixel(drawn, 104, 104)).isEqualTo(WHITE);
  }

  @Test
  void smallImagesAreEnlargedByWholeTimes() throws IOException {
    float[] image = new float[3 * 40 * 40];
    image[1] = 100; // beyond any colour: red is cut off
    ContactSheet sheet = new ContactSheet(1, 1, 40);
    sheet.place(0, 0, image);

    BufferedImage drawn = drawn(sheet);

    assertThat(drawn.getWidth()).isEqualTo(4 + 3 * 40 + 4);
    assertThat(pixel(drawn, 4 + 2, 4)).isEqualTo(0x7c7468); // ImageNet's mean
    assertThat(pixel(drawn, 4 + 3, 4)).isEqualTo(0xff7468);
    assertThat(pixel(drawn, 4 + 5, 4 + 2)).isEqualTo(0xff7468);
    assertThat(pixel(drawn, 4 + 6, 4)).isEqualTo(0x7c7468);
  }

  @Test
  void aSheetThatNobodyCanLookAtIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ContactSheet(100, 100, 224))
        .withMessageStartingWith("Cannot draw 100 x 100 images of 224 pixels: ");
    assertThatIllegalArgumentException().isThrownBy(() -> new ContactSheet(1 << 30, 1 << 30, 1024));
  }

  private static int pixel(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & WHITE;
  }

  private static BufferedImage drawn(ContactSheet sheet) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    sheet.write(out);
    return ImageIO.read(new ByteArrayInputStream(out.toByteArray()));
  }
}
