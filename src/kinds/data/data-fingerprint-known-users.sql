-- Of what a split asks users that train knows, too: what stands in train itself, and what is followed by more of the same
-- user in train. asked and told: user_id, label_ts_epoch, label, prefix, of the query pairs and of all pairs of train.
-- A pair is the same by its content, since ids of files from elsewhere may begin anew in each.
WITH own AS (SELECT * FROM told WHERE user_id IN (SELECT user_id FROM asked)),
latest AS (SELECT user_id, max(label_ts_epoch) AS latest FROM own GROUP BY user_id)
SELECT
  count(*) AS query_pairs,
  count(latest) AS of_train_users,
  count(*) FILTER (found.user_id IS NOT NULL) AS in_train,
  count(*) FILTER (latest > asked.label_ts_epoch) AS before_own_train
FROM asked
LEFT JOIN latest USING (user_id)
LEFT JOIN (SELECT DISTINCT * FROM own) AS found
  ON found.user_id = asked.user_id AND found.label_ts_epoch = asked.label_ts_epoch AND found.label = asked.label
    AND found.prefix = asked.prefix
