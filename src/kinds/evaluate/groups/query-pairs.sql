-- What the query pairs of a split are grouped by. pairs and episodes of the split; train_pairs.
WITH asked AS (SELECT DISTINCT unnest(query_pair_ids) AS pair_id FROM episodes),
placed AS (
  SELECT
    pair_id,
    user_id,
    label,
    len(prefix) AS prefix_length,
    row_number() OVER (PARTITION BY user_id ORDER BY label_ts_epoch, pair_id) - 1 AS history_length
  FROM pairs
),
counted AS (SELECT label, count(*) AS train_count FROM train_pairs GROUP BY label)
SELECT
  pair_id::DOUBLE AS pair_id,
  user_id,
  coalesce(train_count, 0)::INTEGER AS train_count,
  prefix_length::INTEGER AS prefix_length,
  history_length::INTEGER AS history_length
FROM asked
JOIN placed USING (pair_id)
LEFT JOIN counted USING (label)
ORDER BY placed.pair_id
