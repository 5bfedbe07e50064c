-- Which settings did a sweep find to be best?
-- A row is a finished training of a network in a sweep, or in any runs of one name (train --name): those of most epochs
-- first, and of these the most accurate on the images for validation; those that diverged are last. The column
-- place_by_loss has the same for the loss there, by which a sweep with measure = loss ranks. The column settings tells
-- what is not the same in all of them. A sweep itself takes the earlier candidate of a tie, and one that has epochs of
-- its own is not ranked by them.
WITH named AS (
  SELECT run_id, get_json_object(settings, '$.name') AS name, settings
  FROM runs
  WHERE status = 'finished' AND get_json_object(settings, '$.name') IS NOT NULL
),
-- Settings lie up to three deep: augmentation.randaugment.num-ops.
first_level AS (
  SELECT run_id, setting, coalesce(value, 'none') AS value
  FROM named LATERAL VIEW explode(from_json(settings, 'map<string, string>')) AS setting, value
),
second_level AS (
  SELECT run_id, concat(setting, '.', inner_setting) AS setting, coalesce(inner_value, 'none') AS value
  FROM first_level LATERAL VIEW explode(from_json(value, 'map<string, string>')) AS inner_setting, inner_value
  WHERE value LIKE '{%'
),
third_level AS (
  SELECT run_id, concat(setting, '.', inner_setting) AS setting, coalesce(inner_value, 'none') AS value
  FROM second_level LATERAL VIEW explode(from_json(value, 'map<string, string>')) AS inner_setting, inner_value
  WHERE value LIKE '{%'
),
single AS (
  SELECT * FROM first_level WHERE value NOT LIKE '{%' AND setting NOT IN ('epochs', 'networks')
  UNION ALL SELECT * FROM second_level WHERE value NOT LIKE '{%'
  UNION ALL SELECT * FROM third_level
),
measured AS (
  SELECT name, network, run_id, max(epoch) AS epochs,
    max_by(validation_accuracy, epoch) AS validation_accuracy, max_by(validation_loss, epoch) AS validation_loss,
    sum(train_seconds) AS train_seconds
  FROM learning_curve JOIN named USING (run_id)
  GROUP BY name, network, run_id
),
differing AS (
  SELECT name, network, setting
  FROM measured JOIN single USING (run_id)
  GROUP BY name, network, setting
  HAVING count(DISTINCT value) > 1
),
described AS (
  SELECT run_id, network, array_join(array_sort(collect_list(concat(setting, ' ', value))), ', ') AS settings
  FROM measured JOIN differing USING (name, network) JOIN single USING (run_id, setting)
  GROUP BY run_id, network
)
SELECT name, network, settings, epochs, validation_accuracy, validation_loss,
  rank() OVER (PARTITION BY name, network ORDER BY epochs DESC, isnan(validation_loss), validation_loss) AS place_by_loss,
  train_seconds, run_id
FROM measured LEFT JOIN described USING (run_id, network)
WHERE validation_loss IS NOT NULL
ORDER BY name, network, epochs DESC, isnan(validation_loss), validation_accuracy DESC, validation_loss, run_id
