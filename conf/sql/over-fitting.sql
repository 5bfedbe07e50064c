-- Does a network learn its training images by heart?
-- A row is a network and epoch. While the gap (accuracy in training less accuracy in testing) widens and the test loss
-- is above its best so far, more epochs teach the training images only: train less, vary the images more, or raise
-- weight-decay. In training, images are varied and the network is still changing, so the gap may well begin below zero.
SELECT run_id, network, epoch, train_loss, test_loss, train_accuracy, test_accuracy,
  train_accuracy - test_accuracy AS gap,
  test_loss - min(test_loss) OVER (PARTITION BY run_id, network ORDER BY epoch) AS test_loss_above_best
FROM learning_curve
ORDER BY run_id, network, epoch
