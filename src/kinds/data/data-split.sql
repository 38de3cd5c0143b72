-- The split of each user of the table pairs. The draw is 52 bits of a hash of seed, purpose and user: it depends on
-- no other user, and not on the order of rows.
SELECT
  user_id,
  ('0x' || left(sha256($seed || '|data.split|' || user_id), 13))::UBIGINT / 4503599627370496.0 AS draw,
  CASE
    WHEN draw < $train THEN 'train'
    WHEN draw < $train + $val THEN 'val'
    -- Where the three add up to one, rounding must leave nobody out.
    WHEN draw < $train + $val + $test + 1e-9 THEN 'test'
  END AS split
FROM (SELECT DISTINCT user_id FROM pairs)
