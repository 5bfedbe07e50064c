CREATE OR REPLACE TEMPORARY VIEW comparison (
  run_id COMMENT 'Run',
  status COMMENT 'running, finished or failed',
  seed COMMENT 'Seed of the run',
  network COMMENT 'Name of the network',
  epochs COMMENT 'Complete epochs; what follows is measured after the last one',
  test_images COMMENT 'Images that were tested',
  accuracy COMMENT 'Share of test images whose label was predicted, 0 to 1',
  wilson_lower_95 COMMENT "Lower end of the accuracy's 95 % interval by Wilson's score",
  wilson_upper_95 COMMENT 'Upper end of that interval',
  top5_accuracy COMMENT 'Share of test images whose label was among the five likeliest, 0 to 1',
  macro_f1 COMMENT "Mean of the classes' F1, 0 to 1",
  loss COMMENT 'Mean cross entropy of a test image, in nats',
  expected_calibration_error COMMENT 'Mean distance of probability and accuracy in 15 bins, 0 to 1; absent before the last epoch',
  train_seconds COMMENT 'Time to train all epochs, in seconds',
  images_per_second COMMENT 'Images trained on a second, all epochs together',
  parameters COMMENT 'Numbers that training adjusts',
  parameter_bytes COMMENT 'Bytes of parameters and running statistics',
  forward_flops_per_image COMMENT 'Floating-point operations to predict one image; test-flip needs twice as many'
)
COMMENT 'One row a run and network: how good it is after its last complete epoch, and what it cost'
AS
WITH tested AS (
  SELECT run_id, network, max(epoch) AS epochs, max_by(examples, epoch) AS n,
    max_by(accuracy, epoch) AS accuracy, max_by(top5_accuracy, epoch) AS top5_accuracy,
    max_by(macro_f1, epoch) AS macro_f1, max_by(loss, epoch) AS loss
  FROM epochs WHERE split = 'test' GROUP BY run_id, network
),
trained AS (
  SELECT run_id, network, sum(seconds) AS seconds, sum(examples) AS examples
  FROM epochs WHERE split = 'train' GROUP BY run_id, network
),
-- Guo et al., "On Calibration of Modern Neural Networks" (2017): 15 bins, each without its lower end.
bins AS (
  SELECT run_id, network, count(*) AS n,
    abs(avg(probability) - avg(double(predicted_label = label))) AS distance
  FROM predictions WHERE split = 'test'
  GROUP BY run_id, network, ceil(probability * 15)
),
calibration AS (
  SELECT run_id, network, sum(n * distance) / sum(n) AS error FROM bins GROUP BY run_id, network
)
SELECT run_id, status, seed, network, epochs, n, accuracy,
  -- 1.96 standard errors, in Wilson's form: it stays within 0 and 1.
  (accuracy + z * z / (2 * n) - z * sqrt(accuracy * (1 - accuracy) / n + z * z / (4 * n * n)))
    / (1 + z * z / n),
  (accuracy + z * z / (2 * n) + z * sqrt(accuracy * (1 - accuracy) / n + z * z / (4 * n * n)))
    / (1 + z * z / n),
  top5_accuracy, macro_f1, loss, calibration.error,
  trained.seconds, trained.examples / trained.seconds,
  parameters, parameter_bytes, forward_flops_per_image
FROM (SELECT *, 1.959963984540054D AS z FROM tested)
  JOIN trained USING (run_id, network)
  LEFT JOIN calibration USING (run_id, network)
  LEFT JOIN networks USING (run_id, network)
  JOIN runs USING (run_id)
ORDER BY accuracy DESC, run_id, network
