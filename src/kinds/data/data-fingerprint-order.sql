-- Whether the support of each episode precedes its query. pairs: pair_id, user_id, label_ts_epoch; episodes as written
-- by data.episodes. A pair that is missing or of another user makes its episode foreign.
WITH listed AS (
  SELECT episode_id, user_id, 'support' AS part, unnest(support_pair_ids) AS pair_id FROM episodes
  UNION ALL
  SELECT episode_id, user_id, 'query' AS part, unnest(query_pair_ids) AS pair_id FROM episodes
),
boundaries AS (
  SELECT
    episode_id,
    bool_or(pairs.user_id IS DISTINCT FROM listed.user_id) AS is_foreign,
    max(label_ts_epoch) FILTER (part = 'support') AS last_support,
    min(label_ts_epoch) FILTER (part = 'query') AS first_query
  FROM listed LEFT JOIN pairs USING (pair_id)
  GROUP BY episode_id
)
SELECT
  count(*) AS episodes,
  count(*) FILTER (last_support > first_query) AS support_after_query,
  count(*) FILTER (last_support = first_query) AS tied_boundaries,
  count(*) FILTER (is_foreign) AS with_foreign_pairs
FROM boundaries
