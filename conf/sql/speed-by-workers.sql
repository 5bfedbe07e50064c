-- What do more workers bring?
-- A row is a network and a number of workers: the images a second of its runs, in the median, and how many times that is
-- the speed with the fewest workers. Efficiency is that speedup as a share of the workers' number: 1 is all that they
-- could bring. Runs of other image sizes, batches or machines are not told apart: look into different-settings.
WITH speeds AS (
  SELECT network, workers, count(*) AS runs, median(images_per_second) AS images_per_second
  FROM cost
  GROUP BY network, workers
),
fewest AS (
  SELECT network, min(workers) AS workers, min_by(images_per_second, workers) AS images_per_second
  FROM speeds GROUP BY network
)
SELECT network, speeds.workers, runs, speeds.images_per_second,
  speeds.images_per_second / fewest.images_per_second AS speedup,
  speeds.images_per_second / fewest.images_per_second * fewest.workers / speeds.workers AS efficiency
FROM speeds JOIN fewest USING (network)
ORDER BY network, workers
