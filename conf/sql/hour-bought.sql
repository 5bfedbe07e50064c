-- What did an hour of training buy?
-- A row is a network and an hour of its training, counted from 1 and without the time for tests: the epochs that ended
-- in it, the best test accuracy reached by its end, and what that is above the hour before. Where gains are smaller
-- than the interval in the view comparison, further hours bought nothing that can be measured.
WITH hours AS (
  SELECT run_id, network, ceil(elapsed_seconds / 3600) AS hour, count(*) AS epochs,
    max(test_accuracy) AS accuracy
  FROM learning_curve
  GROUP BY run_id, network, hour
),
reached AS (
  SELECT *, max(accuracy) OVER (PARTITION BY run_id, network ORDER BY hour) AS best_accuracy FROM hours
)
SELECT run_id, network, hour, epochs, best_accuracy,
  best_accuracy - lag(best_accuracy, 1, 0D) OVER (PARTITION BY run_id, network ORDER BY hour) AS gained
FROM reached
ORDER BY run_id, network, hour
