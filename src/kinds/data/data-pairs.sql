-- Users' histories (data/cut-sessions.ts) to pairs.
SELECT
  first_pair::BIGINT + nth - 1 AS pair_id,
  user_id,
  user_id || '/' || session AS session_id,
  items[greatest(start, place - $max_prefix_length) : place - 1] AS prefix,
  items[place] AS label,
  times[place] AS label_ts_epoch,
  len(prefix)::INTEGER AS prefix_len
FROM (
  SELECT
    user_id, first_pair, items, times,
    unnest(places) AS place, unnest(starts) AS start, unnest(sessions) AS session, generate_subscripts(places, 1) AS nth
  FROM histories JOIN users USING (user)
)
