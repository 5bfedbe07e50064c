-- Which images do all networks get wrong?
-- A row is a test image that every network of its run answered wrongly, the surest mistakes (greatest loss) first, and
-- what each network took it for. Where they agree, look whether the label is right; runs of one network are left out.
SELECT run_id, path, class_name, loss, answers
FROM hardest_images
WHERE split = 'test' AND networks > 1 AND wrong = networks
ORDER BY loss DESC, path
