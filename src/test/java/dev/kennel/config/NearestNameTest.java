package dev.kennel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  private static final List<String> KNOWN = List.of("constant", "step", "cosine", "one-cycle");

  @ParameterizedTest
  @CsvSource({"cosin, cosine", "onecycle, one-cycle", "steps, step", "constant, constant"})
  void theNearestNameHasTheFewestLettersToChange(String name, String nearest) {
    assertThat(NearestName.of(name, KNOWN)).contains(nearest);
  }

  @Test
  void aNameMayDifferInHalfOfItsLettersButNotInMore() {
    assertThat(NearestName.of("stxx", KNOWN)).contains("step");
    assertThat(NearestName.of("sxxx", KNOWN)).isEmpty();
    assertThat(NearestName.of("", KNOWN)).isEmpty();
  }

  @Test
  void ofTwoThatAreEquallyNearTheFirstIsTaken() {
    assertThat(NearestName.of("resnet35", List.of("resnet34", "resnet36"))).contains("resnet34");
  }

  @Test
  void withoutKnownNamesNoneIsNear() {
    assertThat(NearestName.of("step", List.of())).isEmpty();
  }

  @Test
  void theMessageAsksForTheNearestAndListsAll() {
    assertThat(NearestName.message("schedule", "cosin", KNOWN))
        .isEqualTo(
            "Unknown schedule cosin: did you mean cosine?"
                + " Known are constant, step, cosine, one-cycle");
  }

  @Test
  void theMessageOnlyListsAllIfNoneIsNear() {
    assertThat(NearestName.message("schedule", "polynomial", KNOWN))
        .isEqualTo("Unknown schedule polynomial: Known are constant, step, cosine, one-cycle");
  }
}
