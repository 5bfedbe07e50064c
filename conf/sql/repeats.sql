-- How much does chance (the seed) change the result?
-- A row is a network: its accuracy after the last epoch in all finished runs of the folder. If two networks' means lie
-- closer than their deviations, more repeats are needed to tell them apart. Runs that differ in more than their seed
-- count here too: look into different-settings.
SELECT network, count(*) AS runs, count(DISTINCT seed) AS seeds,
  avg(accuracy) AS mean_accuracy, stddev_samp(accuracy) AS deviation,
  min(accuracy) AS least, max(accuracy) AS most
FROM comparison
WHERE status = 'finished'
GROUP BY network
ORDER BY mean_accuracy DESC, network
