-- Is the difference between two networks real?
-- A row is two networks of one run on the test images that both answered. Only images that one of them got right tell
-- them apart. p is McNemar's, exact: how likely a split of those images at least so uneven is by chance, if the
-- networks were equally good. Below 0.05 it is usually called significant; with many pairs, be stricter.
WITH right_or_wrong AS (
  SELECT run_id, path, network, predicted_label = label AS is_right FROM predictions WHERE split = 'test'
),
pairs AS (
  SELECT a.run_id, a.network AS a, b.network AS b, count(*) AS images,
    count_if(a.is_right AND NOT b.is_right) AS only_a_right,
    count_if(b.is_right AND NOT a.is_right) AS only_b_right,
    count_if(a.is_right AND b.is_right) AS both_right
  FROM right_or_wrong a JOIN right_or_wrong b
    ON a.run_id = b.run_id AND a.path = b.path AND a.network < b.network
  GROUP BY a.run_id, a.network, b.network
),
tails AS (
  -- n coins, of which no more than k show heads: the terms of the binomial, each from the one before, as logarithms.
  SELECT *,
    aggregate(
      IF(least(only_a_right, only_b_right) = 0, array(), sequence(1L, least(only_a_right, only_b_right))),
      named_struct('term', -(only_a_right + only_b_right) * ln(2D),
        'sum', exp(-(only_a_right + only_b_right) * ln(2D))),
      (tail, i) -> named_struct('term', tail.term + ln((only_a_right + only_b_right - i + 1) / i),
        'sum', tail.sum + exp(tail.term + ln((only_a_right + only_b_right - i + 1) / i))),
      tail -> tail.sum
    ) AS tail
  FROM pairs
)
SELECT run_id, a, b, images, both_right, only_a_right, only_b_right,
  (only_a_right - only_b_right) / images AS accuracy_difference,
  least(1D, 2 * tail) AS p
FROM tails
ORDER BY run_id, a, b
