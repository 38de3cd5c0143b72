-- Sessions to pairs. sessions: user_id, session, first_pair, items, times, places (of the items that are labels, from 1).
SELECT
  first_pair::BIGINT + nth - 1 AS pair_id,
  user_id,
  user_id || '/' || session AS session_id,
  items[greatest(1, place - $max_prefix_length) : place - 1] AS prefix,
  items[place] AS label,
  times[place] AS label_ts_epoch,
  len(prefix)::INTEGER AS prefix_len
FROM (
  SELECT user_id, session, first_pair, items, times, unnest(places) AS place, generate_subscripts(places, 1) AS nth
  FROM sessions
)
