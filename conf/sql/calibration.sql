-- How far can a network's probabilities be believed?
-- A row is a network and a tenth of the probability of its answers: how many test images have it, the mean probability,
-- and the share that was right. A network that knows itself has both alike; above zero, surer is how much too sure it
-- is. Bins of few images mean little.
SELECT run_id, network,
  (least(floor(probability * 10), 9) / 10) AS from_probability,
  count(*) AS images,
  avg(probability) AS mean_probability,
  avg(double(predicted_label = label)) AS accuracy,
  avg(probability) - avg(double(predicted_label = label)) AS surer
FROM predictions
WHERE split = 'test'
GROUP BY run_id, network, from_probability
ORDER BY run_id, network, from_probability
