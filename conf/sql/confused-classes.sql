-- Which classes are taken for each other?
-- A row is a network and two classes: test images of either that were taken for the other, in all and each way, and
-- their share of both classes' images. One-sided pairs say that the network prefers a class, two-sided ones that it
-- cannot tell them apart.
WITH sides AS (
  SELECT run_id, network, least(actual_class, predicted_class) AS one,
    greatest(actual_class, predicted_class) AS other, actual_class, count, class_images
  FROM confused_pairs
  WHERE split = 'test'
),
class_sizes AS (
  SELECT run_id, network, class_name, support FROM class_metrics WHERE split = 'test'
)
SELECT run_id, network, one, other,
  sum(count) AS confused,
  sum(IF(actual_class = one, count, 0)) AS one_taken_for_other,
  sum(IF(actual_class = other, count, 0)) AS other_taken_for_one,
  sum(count) / (any_value(a.support) + any_value(b.support)) AS share
FROM sides
  JOIN class_sizes a USING (run_id, network)
  JOIN class_sizes b USING (run_id, network)
WHERE a.class_name = one AND b.class_name = other
GROUP BY run_id, network, one, other
ORDER BY confused DESC, share DESC, run_id, network, one, other
LIMIT 50
