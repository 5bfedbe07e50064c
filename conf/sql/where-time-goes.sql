-- Where does the time go?
-- A row is a run and network: the seconds of all epochs' training, and their parts as shares: computing steps, waiting
-- for images, averaging, and the rest, which is Spark's scheduling and dealing out the images anew. Much waiting asks
-- for fewer threads or smaller images, much averaging for a larger averaging-frequency. Tests come on top.
SELECT run_id, network, workers, epochs, train_seconds,
  (fit_seconds - wait_seconds) / train_seconds AS computing,
  wait_seconds / train_seconds AS waiting,
  averaging_seconds / train_seconds AS averaging,
  1 - (fit_seconds + averaging_seconds) / train_seconds AS rest,
  test_seconds
FROM cost
ORDER BY run_id, network
