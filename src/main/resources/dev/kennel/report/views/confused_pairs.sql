CREATE OR REPLACE TEMPORARY VIEW confused_pairs (
  run_id COMMENT 'Run',
  network COMMENT 'Name of the network',
  split COMMENT 'validation or test',
  actual_class COMMENT "Name of the images' class",
  predicted_class COMMENT 'Name of the class they were taken for',
  count COMMENT 'Images of the one that were taken for the other',
  share COMMENT 'Those images as a share of the class, 0 to 1',
  class_images COMMENT 'Images of the class'
)
COMMENT 'One row a run, network and pair of classes that were confused, the most frequent first'
AS
SELECT run_id, network, split, actual_class, predicted_class, count, count / class_images AS share,
  class_images
FROM (
  SELECT *, sum(count) OVER (PARTITION BY run_id, network, split, actual_label) AS class_images
  FROM confusion
)
WHERE actual_label <> predicted_label AND count > 0
ORDER BY count DESC, share DESC, run_id, network, split, actual_class, predicted_class
