-- The split of each user of the table pairs. The draw is 52 bits of a hash of seed, purpose and user: it depends on
-- no other user, and not on the order of rows. Where $cut is a time, users who began before it are of train.
SELECT
  user_id,
  ('0x' || left(sha256($seed || '|data.split|' || user_id), 13))::UBIGINT / 4503599627370496.0 AS draw,
  floor(draw * $folds)::INTEGER AS own_fold,
  CASE
    WHEN $folds > 0 AND own_fold = $fold THEN 'test'
    WHEN $folds > 0 AND own_fold = ($fold + 1) % $folds THEN 'val'
    WHEN $folds > 0 THEN 'train'
    WHEN $cut IS NOT NULL AND began < $cut THEN 'train'
    WHEN $cut IS NOT NULL AND draw * ($val + $test) < $val THEN 'val'
    WHEN $cut IS NOT NULL THEN 'test'
    WHEN draw < $train THEN 'train'
    WHEN draw < $train + $val THEN 'val'
    -- Where the three add up to one, rounding must leave nobody out.
    WHEN draw < $train + $val + $test + 1e-9 THEN 'test'
  END AS split
FROM (SELECT user_id, min(label_ts_epoch) AS began FROM pairs GROUP BY user_id)
