-- Interactions to pairs. interactions: position, user_id, item_id, timestamp; items: item_id, item.
WITH events AS (
  SELECT
    user_id, item, timestamp, position,
    coalesce(timestamp - lag(timestamp) OVER in_order > $session_gap_seconds, true) AS starts_session
  FROM interactions JOIN items USING (item_id)
  WINDOW in_order AS (PARTITION BY user_id ORDER BY timestamp, position)
),
-- Sessions are cut on all events: a repeat keeps its session alive.
in_sessions AS (
  SELECT
    user_id, item, timestamp, position,
    count(*) FILTER (starts_session) OVER (PARTITION BY user_id ORDER BY timestamp, position) AS session
  FROM events
),
without_repeats AS (
  SELECT user_id, session, item, timestamp, position
  FROM in_sessions
  QUALIFY item IS DISTINCT FROM lag(item) OVER (PARTITION BY user_id, session ORDER BY timestamp, position)
),
prefixes AS (
  SELECT
    user_id, session, item, timestamp, position,
    lag(timestamp) OVER in_session AS timestamp_before,
    list(item ORDER BY timestamp, position) OVER (
      PARTITION BY user_id, session ORDER BY timestamp, position
      ROWS BETWEEN $max_prefix_length PRECEDING AND 1 PRECEDING
    ) AS prefix
  FROM without_repeats
  WINDOW in_session AS (PARTITION BY user_id, session ORDER BY timestamp, position)
)
-- The first event of a session has no prefix; a session under two events so leaves nothing.
SELECT
  row_number() OVER (ORDER BY user_id, timestamp, position) - 1 AS pair_id,
  user_id,
  user_id || '/' || session AS session_id,
  prefix,
  item AS label,
  timestamp AS label_ts_epoch,
  len(prefix)::INTEGER AS prefix_len
FROM prefixes
WHERE prefix IS NOT NULL AND ($ties = 'keep' OR timestamp <> timestamp_before)
