CREATE OR REPLACE TEMPORARY VIEW hardest_images (
  run_id COMMENT 'Run',
  split COMMENT 'validation or test',
  path COMMENT 'Where the image was read from',
  class_name COMMENT "Name of the image's class",
  networks COMMENT 'Networks of the run that answered',
  wrong COMMENT 'Networks among them whose answer is wrong',
  loss COMMENT 'Mean cross entropy of their answers, in nats',
  answers COMMENT 'Predicted class by network'
)
COMMENT 'One row a run and image that was held out: how many networks got it wrong, the hardest first'
AS
SELECT run_id, split, path, class_name, count(*),
  count_if(predicted_label <> label) AS wrong,
  avg(loss) AS loss,
  map_from_entries(array_sort(collect_list(struct(network, predicted_class))))
FROM predictions
GROUP BY run_id, split, path, class_name
ORDER BY wrong DESC, loss DESC, path
