-- The same as data-fingerprint-order.sql, from the first and last pair of each set alone. That is right where pair_id
-- and episode_id ascend, each user's ids have no gap and their times never fall, no set is empty, the first query follows
-- the last support and no pair is foreign: then `irregular` is 0.
WITH ordered AS (
  SELECT
    user_id, pair_id, label_ts_epoch,
    lag(label_ts_epoch) OVER () AS time_before,
    lag(user_id) OVER () IS NOT DISTINCT FROM user_id AND time_before > label_ts_epoch AS falls
  FROM pairs
),
spans AS (
  SELECT
    user_id, min(pair_id) AS first, max(pair_id) AS last,
    last - first + 1 <> count(*) OR bool_or(falls) AS is_irregular
  FROM ordered
  GROUP BY user_id
),
bounds AS (
  SELECT
    user_id,
    list_max(support_pair_ids) AS last_support,
    list_min(query_pair_ids) AS first_query,
    least(list_min(support_pair_ids), first_query) AS first_pair,
    greatest(last_support, list_max(query_pair_ids)) AS last_pair,
    list_count(support_pair_ids) = 0 OR list_count(support_pair_ids) < len(support_pair_ids)
      OR list_count(query_pair_ids) = 0 OR list_count(query_pair_ids) < len(query_pair_ids)
      OR first_query <> last_support + 1::HUGEINT AS is_irregular
  FROM episodes
)
SELECT
  count(*) AS episodes,
  count(*) FILTER (time_before > label_ts_epoch) AS support_after_query,
  count(*) FILTER (time_before = label_ts_epoch) AS tied_boundaries,
  0 AS with_foreign_pairs,
  count(*) FILTER (
    coalesce(bounds.is_irregular OR spans.is_irregular OR first_pair < spans.first OR last_pair > spans.last, true)
  ) AS irregular
FROM bounds
LEFT JOIN spans USING (user_id)
LEFT JOIN ordered ON ordered.pair_id = first_query
