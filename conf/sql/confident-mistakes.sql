-- Where is a network sure, and wrong?
-- A row is a test image and network whose answer is wrong, the surest first. The first of them are often images with a
-- wrong label, with two classes in the picture, or with nothing of either.
SELECT run_id, network, path, class_name, predicted_class, probability
FROM predictions
WHERE split = 'test' AND predicted_label <> label
ORDER BY probability DESC, path, network
LIMIT 50
