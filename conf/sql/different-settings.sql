-- In which settings do the runs differ?
-- A row is a setting that is not the same in all runs of the folder, and a value with the runs that have it. A setting
-- that a run does not know, as it was made by another version, has no value there.
WITH groups AS (
  SELECT run_id, explode(from_json(settings, 'map<string, string>')) AS (name, value) FROM runs
),
values_by_run AS (
  SELECT run_id, name, value FROM groups WHERE value IS NULL OR value NOT LIKE '{%'
  UNION ALL
  SELECT run_id, concat(name, '.', inner_name), inner_value
  FROM groups LATERAL VIEW explode(from_json(value, 'map<string, string>')) AS inner_name, inner_value
  WHERE value LIKE '{%'
),
by_value AS (
  SELECT name, value, array_sort(collect_list(run_id)) AS runs FROM values_by_run GROUP BY name, value
)
SELECT name, value, runs
FROM by_value
WHERE size(runs) < (SELECT count(*) FROM runs)
ORDER BY name, runs[0]
