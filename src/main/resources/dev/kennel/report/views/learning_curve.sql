CREATE OR REPLACE TEMPORARY VIEW learning_curve (
  run_id COMMENT 'Run',
  network COMMENT 'Name of the network',
  epoch COMMENT 'Epoch, from 1',
  learning_rate COMMENT "Learning rate of the epoch's last step",
  train_loss COMMENT "Mean cross entropy over the epoch's steps, in nats",
  validation_loss COMMENT 'The same of the validation images after the epoch; absent without any',
  test_loss COMMENT 'The same of the test images after the epoch',
  train_accuracy COMMENT "Share of right answers over the epoch's steps, 0 to 1",
  validation_accuracy COMMENT 'The same of the validation images after the epoch; absent without any',
  test_accuracy COMMENT 'The same of the test images after the epoch',
  train_seconds COMMENT 'Time to train the epoch, in seconds',
  elapsed_seconds COMMENT "Time to train the network until the epoch's end, in seconds"
)
COMMENT 'One row a run, network and epoch: train, validation and test side by side'
AS
SELECT run_id, network, epoch, any_value(learning_rate),
  any_value(loss) FILTER (WHERE split = 'train'),
  any_value(loss) FILTER (WHERE split = 'validation'),
  any_value(loss) FILTER (WHERE split = 'test'),
  any_value(accuracy) FILTER (WHERE split = 'train'),
  any_value(accuracy) FILTER (WHERE split = 'validation'),
  any_value(accuracy) FILTER (WHERE split = 'test'),
  any_value(seconds) FILTER (WHERE split = 'train') AS train_seconds,
  sum(any_value(seconds) FILTER (WHERE split = 'train'))
    OVER (PARTITION BY run_id, network ORDER BY epoch)
FROM epochs
GROUP BY run_id, network, epoch
ORDER BY run_id, network, epoch
