package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryWatchTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Command exited with code 3",
        "Command exited with code 52",
        "The executor with id 7 exited with exit code 52(JVM OOM).",
        "The executor with id 7 exited with exit code 137(SIGKILL, possible container OOM). The"
            + " API gave the following container statuses: OOMKilled",
        "Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB used"
      })
  void anExecutorThatEndedForWantOfMemoryIsKnownByWhatSparkSays(String reason) {
    assertThat(MemoryWatch.isOutOfMemory(reason)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Command exited with code 137", // killed, by whomever
        "Command exited with code 143",
        "Command exited with code 30",
        "Remote RPC client disassociated. Likely due to containers exceeding thresholds",
        "Executor heartbeat timed out after 125 ms",
        "Worker shutting down"
      })
  void otherEndsAreSparksToMend(String reason) {
    assertThat(MemoryWatch.isOutOfMemory(reason)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Command exited with code 137",
        "The executor with id 7 exited with exit code 137(SIGKILL, possible container OOM)."
      })
  void anExecutorThatSomethingElseKilledIsKnown(String reason) {
    assertThat(MemoryWatch.isKilled(reason)).isTrue();
    assertThat(MemoryWatch.isKilled(reason.replace("137", "1"))).isFalse();
  }

  @Test
  void aJobThatEndsAfterManyLossesIsKnownByWhatSparkSays() {
    assertThat(
            MemoryWatch.hasTriedOften(
                "Job aborted due to stage failure: ShuffleMapStage 8 (mapPartitionsToPair at"
                    + " SlicedAveraging.java:124) has failed the maximum allowable number of times:"
                    + " 4. Most recent failure reason:"))
        .isTrue();
    assertThat(
            MemoryWatch.hasTriedOften(
                "Task 0 in stage 8.0 failed 4 times, most recent failure: Lost task 0.3 in stage 8.0"
                    + " (TID 9) (127.0.0.1 executor 3): ExecutorLostFailure (executor 3 exited caused"
                    + " by one of the running tasks) Reason: Command exited with code 137"))
        .isTrue();
    assertThat(MemoryWatch.hasTriedOften("Task 0 in stage 8.0 failed 4 times: / by zero"))
        .isFalse();
  }
}
