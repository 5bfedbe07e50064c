-- Which files were left out, and why?
-- A row is a run and reason: how many files, how many bytes, and one of them with what was found in it. Files that were
-- taken though cut short are here as well, as "truncated, taken".
SELECT run_id, reason, count(*) AS files, sum(bytes) AS bytes,
  min_by(path, path) AS example, min_by(detail, path) AS found_in_it
FROM rejected_images
GROUP BY run_id, reason
ORDER BY run_id, files DESC, reason
