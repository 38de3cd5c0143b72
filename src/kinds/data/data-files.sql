-- The table pairs, with sessions where its file has none: a pair goes on with the session of the one before of the same
-- user where its prefix begins with that one's prefix and label, or is the end of them where prefixes are cut.
WITH ordered AS (
  SELECT *, lag(list_append(prefix, label)) OVER (PARTITION BY user_id ORDER BY label_ts_epoch, pair_id) AS before
  FROM pairs
  WHERE user_id IS NOT NULL
),
begun AS (
  SELECT *,
    before IS NULL OR NOT (prefix[1 : len(before)] = before OR (len(prefix) = len(before) - 1 AND prefix = before[2 :]))
      AS begins
  FROM ordered
)
SELECT
  pair_id,
  user_id,
  coalesce(
    session_id,
    user_id || '/' || sum(begins::INTEGER) OVER (PARTITION BY user_id ORDER BY label_ts_epoch, pair_id)
  ) AS session_id,
  prefix,
  label,
  label_ts_epoch,
  coalesce(prefix_len, len(prefix))::INTEGER AS prefix_len
FROM begun
