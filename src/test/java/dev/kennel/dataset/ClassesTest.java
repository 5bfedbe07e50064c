package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassesTest {
  @ParameterizedTest
  @CsvSource({
    "n02085620-Chihuahua,              Chihuahua",
    "n02099601-flat-coated_retriever,  flat-coated_retriever",
    "n02085620,                        n02085620",
    "n02085620-,                       n02085620-",
    "n123-Chihuahua,                   n123-Chihuahua",
    "T-shirt,                          T-shirt",
    "cats,                             cats"
  })
  void onlyAnImagenetFolderIsNamedByWhatFollowsItsFirstHyphen(String folder, String name) {
    assertThat(new Classes(List.of(folder)).name(0)).isEqualTo(name);
  }

  @Test
  void theLabelOfAClassIsItsPosition() {
    Classes classes = new Classes(List.of("n02085620-Chihuahua", "n02110958-pug"));

    assertThat(classes.size()).isEqualTo(2);
    assertThat(classes.name(1)).isEqualTo("pug");
    assertThat(classes.names()).containsExactly("Chihuahua", "pug");
  }
}
