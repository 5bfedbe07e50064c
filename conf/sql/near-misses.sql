-- Where is the right answer when the first one is wrong?
-- A row is a network and a place: the share of test images whose right class is the network's first, second, … fifth
-- answer; place 0 is none of the five. Much in place 2 and 3 says that classes are told apart too coarsely, much in 0
-- that the image was not understood at all.
SELECT run_id, network, array_position(top5_labels, label) AS place, count(*) AS images,
  count(*) / sum(count(*)) OVER (PARTITION BY run_id, network) AS share
FROM predictions
WHERE split = 'test'
GROUP BY run_id, network, place
ORDER BY run_id, network, place
