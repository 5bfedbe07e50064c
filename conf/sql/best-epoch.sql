-- After which epoch was each network best?
-- A row is a network: the first epoch with the highest test accuracy, the last epoch, and what the last one has lost.
-- With validation images, by_validation is the test accuracy after the epoch that they would have chosen: that one is
-- an honest figure, while best_accuracy was chosen by looking at the test images.
SELECT run_id, network,
  max_by(epoch, struct(test_accuracy, -epoch)) AS best_epoch,
  max(test_accuracy) AS best_accuracy,
  max(epoch) AS last_epoch,
  max_by(test_accuracy, epoch) AS last_accuracy,
  max(test_accuracy) - max_by(test_accuracy, epoch) AS lost,
  max_by(test_accuracy, struct(validation_accuracy, -epoch)) FILTER (WHERE validation_accuracy IS NOT NULL)
    AS by_validation
FROM learning_curve
GROUP BY run_id, network
ORDER BY run_id, network
