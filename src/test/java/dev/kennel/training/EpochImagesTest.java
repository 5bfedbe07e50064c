package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.dataset.PreparedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class EpochImagesTest {
  private final JavaSparkContext spark =
      JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  private final List<PreparedImage> images = ColouredImages.images(3, 4, 53);

  @Test
  void theRoundsOfAnEpochHaveEveryImageOnce() {
    BatchPlan plan = BatchPlan.of(53, 2, 5, 2); // six steps in three rounds
    assertThat(plan.rounds(1)).isEqualTo(3);
    assertThat(ids(images, 4, plan, 1).stream().sorted())
        .isEqualTo(IntStream.range(0, 53).boxed().toList());
  }

  @Test
  void aRoundHasAPartitionForEachWorkerWithTheImagesOfItsBatches() {
    BatchPlan plan = BatchPlan.of(53, 2, 5, 2);
    try (EpochImages epochs = new EpochImages(spark.parallelize(images, 4), plan, 0)) {
      List<List<PreparedImage>> partitions = epochs.round(1, 2).glom().collect();
      assertThat(partitions).hasSize(2);
      for (int worker = 0; worker < 2; worker++) {
        assertThat(partitions.get(worker))
            .hasSize(plan.batchSize(4, worker) + plan.batchSize(5, worker));
      }
    }
  }

  @Test
  void theOrderDoesNotDependOnHowTheImagesLieNorOnTheNumberOfWorkers() {
    List<PreparedImage> mixed = new ArrayList<>(images);
    Collections.shuffle(mixed, new Random(1));
    List<Integer> expected = ids(images, 4, BatchPlan.of(53, 1, 10, 2), 3);
    assertThat(ids(mixed, 1, BatchPlan.of(53, 1, 10, 2), 3)).isEqualTo(expected);
    assertThat(ids(mixed, 7, BatchPlan.of(53, 2, 5, 1), 3)).isEqualTo(expected);
  }

  /** Beyond 200 partitions Spark's shuffle moves images about as bytes. */
  @Test
  void anEpochOfManyRoundsHasTheOrderOfOneOfFew() {
    List<PreparedImage> many = ColouredImages.images(3, 4, 500);
    JavaRDD<PreparedImage> rdd = spark.parallelize(many, 3);
    try (EpochImages rounds = new EpochImages(rdd, BatchPlan.of(500, 1, 2, 1), 9);
        EpochImages one = new EpochImages(rdd, BatchPlan.of(500, 1, 2, 250), 9)) {
      List<PreparedImage> expected = one.round(1, 0).collect();
      for (int round : new int[] {0, 7, 249}) {
        List<PreparedImage> found = rounds.round(1, round).collect();
        assertThat(found).hasSize(2);
        for (int i = 0; i < 2; i++) {
          PreparedImage same = expected.get(2 * round + i);
          assertThat(found.get(i).id()).isEqualTo(same.id());
          assertThat(found.get(i).label()).isEqualTo(many.get(same.index()).label());
          assertThat(found.get(i).pixels()).isEqualTo(many.get(same.index()).pixels());
        }
      }
    }
  }

  @Test
  void everyEpochHasAnOrderOfItsOwn() {
    BatchPlan plan = BatchPlan.of(53, 1, 53, 1);
    assertThat(ids(images, 2, plan, 1)).isNotEqualTo(ids(images, 2, plan, 2));
  }

  @Test
  void whatIsShuffledIsLetGoWithTheNextEpoch() {
    BatchPlan plan = BatchPlan.of(53, 1, 53, 1);
    try (EpochImages epochs = new EpochImages(spark.parallelize(images, 2), plan, 0)) {
      epochs.round(1, 0).count();
      int before = shuffles();
      epochs.round(2, 0).count();
      assertThat(shuffles()).isLessThanOrEqualTo(before);
    }
  }

  private int shuffles() {
    return spark.env().mapOutputTracker() instanceof org.apache.spark.MapOutputTrackerMaster master
        ? master.shuffleStatuses().size()
        : 0;
  }

  /** The images in the order in which steps take them; of one step the first worker's first. */
  private List<Integer> ids(List<PreparedImage> from, int partitions, BatchPlan plan, int epoch) {
    List<Integer> ids = new ArrayList<>();
    try (EpochImages epochs = new EpochImages(spark.parallelize(from, partitions), plan, 9)) {
      for (int round = 0; round < plan.rounds(epoch); round++) {
        Arrays.stream(epochs.round(epoch, round).collect().toArray(PreparedImage[]::new))
            .forEach(image -> ids.add(image.id()));
      }
    }
    return ids;
  }
}
