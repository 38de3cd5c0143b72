-- The place of each pair of the table pairs among its user's, from the end, as data.episodes orders them: of pairs that
-- share their time, that of the lower id comes first.
SELECT
  pair_id,
  row_number() OVER (PARTITION BY user_id ORDER BY label_ts_epoch DESC, pair_id DESC) AS from_end,
  count(*) OVER (PARTITION BY user_id) AS pair_count
FROM pairs
