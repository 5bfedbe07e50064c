-- Which classes gain most from convolution?
-- A row is a class: the share of its test images that convolutional networks found, and that fully connected ones
-- (resfcn…) found, each averaged over the folder's runs. The classes with the largest gain come first; a negative gain
-- says that convolution found fewer. A class of few images moves by 1 / images with each of them.
SELECT class_name,
  max(support) AS images,
  avg(recall) FILTER (WHERE network NOT LIKE 'resfcn%') AS convolutional,
  avg(recall) FILTER (WHERE network LIKE 'resfcn%') AS connected,
  avg(recall) FILTER (WHERE network NOT LIKE 'resfcn%')
    - avg(recall) FILTER (WHERE network LIKE 'resfcn%') AS gain
FROM class_metrics
WHERE split = 'test'
GROUP BY class_name
ORDER BY gain DESC NULLS LAST, class_name
