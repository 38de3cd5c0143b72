-- Episodes of the table pairs: every window of $k + $q consecutive pairs of a user, or only the last. Of pairs that share
-- their time, that of the lower id comes first.
WITH neighbours AS (
  SELECT
    user_id,
    pair_id,
    lag(user_id) OVER () = user_id AND lag(pair_id) OVER () = pair_id - 1::HUGEINT
      AND lag(label_ts_epoch) OVER () <= label_ts_epoch AS follows
  FROM pairs
),
spans AS (
  SELECT user_id, min(pair_id) AS first, max(pair_id) AS last, count(*) FILTER (follows) = count(*) - 1 AS is_in_order
  FROM neighbours
  GROUP BY user_id
  HAVING count(*) >= $k + $q
),
-- Where a user's rows stand one after the other in order, as data.pairs writes them, their ids need no sorting.
users AS (
  SELECT user_id, generate_series(first, last) AS pair_ids FROM spans WHERE is_in_order
  UNION ALL
  SELECT user_id, list(pair_id ORDER BY label_ts_epoch, pair_id)
  FROM pairs
  WHERE user_id IN (SELECT user_id FROM spans WHERE NOT is_in_order)
  GROUP BY user_id
),
starts AS (
  SELECT
    user_id,
    pair_ids,
    len(pair_ids) - ($k + $q) AS last_start,
    if($every_window, 0, last_start) AS first_start,
    sum(last_start + 1 - first_start) OVER (ORDER BY user_id) - (last_start + 1) AS ids_before
  FROM users
)
SELECT
  (ids_before + start)::BIGINT AS episode_id,
  user_id,
  if($newest_first, list_reverse(pair_ids[start + 1 : start + $k]), pair_ids[start + 1 : start + $k]) AS support_pair_ids,
  pair_ids[start + $k + 1 : start + $k + $q] AS query_pair_ids
FROM (SELECT *, unnest(range(first_start, last_start + 1)) AS start FROM starts)
