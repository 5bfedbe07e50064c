package dev.kennel.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.config.SweepCandidate;
import dev.kennel.config.SweepLoader;
import dev.kennel.config.SweepMeasure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankingTest {
  private List<SweepCandidate> candidates;

  @BeforeEach
  void load(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("some.conf"),
            "networks = [customcnn], validation-fraction = 0.2\n"
                + "sweep.settings.batch-size = [2, 4, 8, 16]");
    candidates =
        SweepLoader.load(file.toString(), Optional.empty(), Map.of(), List.of())
            .candidates()
            .get("customcnn");
  }

  @Test
  void theEarlierOfATieIsBeforeTheOtherAndWhatDivergedIsLast() {
    Ranking ranking =
        new Ranking("customcnn", List.of(), false)
            .after(
                List.of(
                    trial(1, 0.9, Double.NaN),
                    trial(2, 0.5, 0.7),
                    trial(3, 0.75, 0.8),
                    trial(4, 0.75, 0.6)),
                SweepMeasure.ACCURACY,
                false);
    assertThat(numbers(ranking)).containsExactly(3, 4, 2, 1);
    assertThat(ranking.winner()).isEmpty(); // there is another round
    assertThat(ranking.table())
        .isEqualTo(
            """
            customcnn         place  epochs  validation    loss  test  train s  run
            3  batch-size 8       1       5      75.0 %  0.8000            2.0   r3
            4  batch-size 16      2       5      75.0 %  0.6000            2.0   r4
            2  batch-size 4       3       5      50.0 %  0.7000            2.0   r2
            1  batch-size 2       -       5    diverged     NaN            2.0   r1
            """);
  }

  @Test
  void thoseOfALaterRoundAreBeforeThoseLeftBehind() {
    Ranking ranking =
        new Ranking("customcnn", List.of(), false)
            .after(
                List.of(trial(1, 0.5, 0.5), trial(2, 0.6, 0.4), trial(3, 0.7, 0.3)),
                SweepMeasure.LOSS,
                false)
            .after(List.of(trial(3, 0.4, 0.9), trial(2, 0.3, 0.8)), SweepMeasure.LOSS, true);
    assertThat(numbers(ranking)).containsExactly(2, 3, 1);
    assertThat(ranking.winner()).get().extracting(Trial::accuracy).isEqualTo(0.3);
    assertThat(ranking.table().lines().skip(1).findFirst()).get().asString().contains(" 25.0 % ");
  }

  @Test
  void thereIsNoWinnerWhereAllDiverged() {
    Ranking ranking =
        new Ranking("customcnn", List.of(), false)
            .after(List.of(trial(1, 0.3, Double.NaN)), SweepMeasure.ACCURACY, true);
    assertThat(ranking.winner()).isEmpty();
  }

  private Trial trial(int number, double accuracy, double loss) {
    return new Trial(candidates.get(number - 1), "r" + number, 5, accuracy, loss, 0.25, 2);
  }

  private static List<Integer> numbers(Ranking ranking) {
    return ranking.trials().stream().map(of -> of.candidate().number()).toList();
  }
}
