package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.config.ScheduleSettings;
import dev.kennel.config.ScheduleSettings.Name;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Nesterovs;

class LearningRateScheduleTest {
  /** PyTorch 1.13: OneCycleLR(0.05, total_steps=40, pct_start=0.15, cycle_momentum=False). */
  @ParameterizedTest
  @CsvSource({
    "0, 0.0020000000",
    "1, 0.0065835921",
    "2, 0.0185835921",
    "4, 0.0454164079",
    "5, 0.0500000000",
    "6, 0.0498933548",
    "22, 0.0250001000",
    "38, 0.0001068452",
    "39, 0.0000002000"
  })
  void oneCycleIsPyTorchs(int step, double rate) {
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings(Name.ONE_CYCLE, 0.15, 25, 250_000), 0.05, 4, 10);
    assertThat(schedule.valueAt(step, 0)).isCloseTo(rate, within(1e-10));
  }

  @Test
  void constantStaysWhereItIs() {
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings(Name.CONSTANT, 0.5, 25, 100), 0.1, 3, 10);
    assertThat(schedule.valueAt(0, 0)).isEqualTo(0.1);
    assertThat(schedule.valueAt(29, 0)).isEqualTo(0.1);
  }

  @Test
  void stepDropsByItsFactorAfterItsEpochs() {
    // drops every 2 epochs of 10 steps, to a tenth
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings(Name.STEP, 0, 25, 100), 0.1, 6, 10);
    assertThat(schedule.valueAt(19, 0)).isCloseTo(0.1, within(1e-12));
    assertThat(schedule.valueAt(20, 0)).isCloseTo(0.01, within(1e-12));
    assertThat(schedule.valueAt(40, 0)).isCloseTo(0.001, within(1e-12));
  }

  @Test
  void cosineIsHalfWayDownInTheMiddle() {
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings(Name.COSINE, 0, 25, 1e9), 0.2, 1, 101);
    assertThat(schedule.valueAt(0, 0)).isCloseTo(0.2, within(1e-9));
    assertThat(schedule.valueAt(50, 0)).isCloseTo(0.1, within(1e-9));
    assertThat(schedule.valueAt(100, 0)).isCloseTo(0, within(1e-9));
  }

  @Test
  void theWarmUpOfCosineIsAStraightLine() {
    // 11 warm-up steps from 0.02 to 0.2 (step 10 is the peak)
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings(Name.COSINE, 0.11, 10, 100), 0.2, 1, 100);
    assertThat(schedule.valueAt(0, 0)).isCloseTo(0.02, within(1e-12));
    assertThat(schedule.valueAt(5, 0)).isCloseTo(0.11, within(1e-12));
    assertThat(schedule.valueAt(10, 0)).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void aTrainingOfOneStepHasARate() {
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings(Name.ONE_CYCLE, 0.15, 25, 100), 0.05, 1, 1);
    assertThat(schedule.valueAt(0, 0)).isPositive().isLessThanOrEqualTo(0.05);
  }

  @Test
  void itComesBackFromTheJsonOfANetwork() {
    LearningRateSchedule schedule =
        LearningRateSchedule.of(settings(Name.ONE_CYCLE, 0.15, 25, 100), 0.05, 4, 10);
    ComputationGraphConfiguration network =
        dev.kennel.network.Network.CUSTOMCNN.configure(
            2, 32, new dev.kennel.network.Optimization(new Nesterovs(schedule, 0.9), 0));
    String json = network.toJson();
    assertThat(ComputationGraphConfiguration.fromJson(json).toJson()).isEqualTo(json);
    assertThat(json).contains(LearningRateSchedule.class.getName());
  }

  private static ScheduleSettings settings(
      Name name, double warmUp, double initialDivisor, double finalDivisor) {
    return new ScheduleSettings(name, warmUp, initialDivisor, finalDivisor, 2, 0.1);
  }
}
