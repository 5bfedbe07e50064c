CREATE OR REPLACE TEMPORARY VIEW cost (
  run_id COMMENT 'Run',
  network COMMENT 'Name of the network',
  workers COMMENT 'Workers of the run',
  epochs COMMENT 'Complete epochs',
  train_images COMMENT 'Images trained on, each counted in every epoch',
  train_seconds COMMENT 'Time to train all epochs, in seconds',
  test_seconds COMMENT 'Time to test, and validate, after all epochs, in seconds',
  images_per_second COMMENT 'Images trained on a second',
  rounds COMMENT 'Rounds of all epochs: a fit of every worker, and an averaging',
  fit_seconds COMMENT 'Part of train_seconds that the slowest workers trained, in seconds',
  wait_seconds COMMENT 'Part of fit_seconds that workers waited for images, at most, in seconds',
  averaging_seconds COMMENT 'Part of train_seconds that went into averaging, in seconds',
  bytes_exchanged COMMENT 'Bytes of parameters and optimizer state that went from process to process',
  parameters COMMENT 'Numbers that training adjusts',
  parameter_bytes COMMENT 'Bytes of parameters and running statistics',
  forward_flops_per_image COMMENT 'Floating-point operations to predict one image; test-flip needs twice as many',
  best_accuracy COMMENT 'Highest test accuracy after an epoch, 0 to 1',
  best_epoch COMMENT 'The first epoch that had it',
  seconds_to_best COMMENT "Time to train until that epoch's end, in seconds"
)
COMMENT 'One row a run and network: where its time went, and what it bought'
AS
WITH epoch_costs AS (
  SELECT run_id, network, count(DISTINCT epoch) AS epochs,
    sum(examples) FILTER (WHERE split = 'train') AS train_images,
    sum(seconds) FILTER (WHERE split = 'train') AS train_seconds,
    sum(seconds) FILTER (WHERE split <> 'train') AS test_seconds
  FROM epochs GROUP BY run_id, network
),
round_costs AS (
  SELECT run_id, network, count(*) AS rounds, sum(fit_seconds) AS fit_seconds,
    sum(wait_seconds) AS wait_seconds, sum(averaging_seconds) AS averaging_seconds,
    sum(bytes_exchanged) AS bytes_exchanged
  FROM rounds GROUP BY run_id, network
),
best AS (
  SELECT run_id, network, max(test_accuracy) AS best_accuracy,
    max_by(epoch, struct(test_accuracy, -epoch)) AS best_epoch,
    max_by(elapsed_seconds, struct(test_accuracy, -epoch)) AS seconds_to_best
  FROM learning_curve GROUP BY run_id, network
)
SELECT run_id, network, workers, epochs, epoch_costs.train_images, train_seconds, test_seconds,
  epoch_costs.train_images / train_seconds, rounds, fit_seconds, wait_seconds, averaging_seconds,
  bytes_exchanged, parameters, parameter_bytes, forward_flops_per_image, best_accuracy, best_epoch,
  seconds_to_best
FROM epoch_costs
  LEFT JOIN round_costs USING (run_id, network)
  LEFT JOIN networks USING (run_id, network)
  JOIN best USING (run_id, network)
  JOIN runs USING (run_id)
ORDER BY run_id, network
