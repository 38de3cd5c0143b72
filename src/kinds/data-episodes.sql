-- Episodes of the table pairs: every window of $k + $q consecutive pairs of a user, or only the last. Of pairs that share
-- their time, that of the lower id comes first.
WITH users AS (
  SELECT user_id, list(pair_id ORDER BY label_ts_epoch, pair_id) AS pair_ids, len(pair_ids) - ($k + $q) AS last_start
  FROM pairs
  GROUP BY user_id
),
windows AS (
  SELECT user_id, pair_ids, unnest(range(if($every_window, 0, last_start), last_start + 1)) AS start
  FROM users
  WHERE last_start >= 0
)
SELECT
  row_number() OVER (ORDER BY user_id, start) - 1 AS episode_id,
  user_id,
  if($newest_first, list_reverse(pair_ids[start + 1 : start + $k]), pair_ids[start + 1 : start + $k]) AS support_pair_ids,
  pair_ids[start + $k + 1 : start + $k + $q] AS query_pair_ids
FROM windows
