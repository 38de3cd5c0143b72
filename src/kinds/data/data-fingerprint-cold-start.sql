-- What the query pairs of a split ask for. pairs and episodes of the split; train_pairs. Times of train are counted by
-- the hour, so that millions of them are no work to sort.
WITH asked AS (
  SELECT episode_id, label, label_ts_epoch
  FROM (SELECT episode_id, unnest(query_pair_ids) AS pair_id FROM episodes) JOIN pairs USING (pair_id)
),
supported AS (
  SELECT DISTINCT episode_id, label
  FROM (SELECT episode_id, unnest(support_pair_ids) AS pair_id FROM episodes) JOIN pairs USING (pair_id)
),
trained AS (SELECT DISTINCT label FROM train_pairs),
hours AS (
  SELECT hour, sum(count(*)) OVER (ORDER BY hour) AS up_to
  FROM (SELECT floor(label_ts_epoch / 3600) AS hour FROM train_pairs)
  GROUP BY hour
)
SELECT
  count(*) AS query_pairs,
  count(*) FILTER (supported.label IS NOT NULL) AS labels_in_support,
  count(*) FILTER (trained.label IS NULL) AS labels_not_in_train,
  round(1 - coalesce(sum(up_to), 0)::DOUBLE / ((SELECT max(up_to) FROM hours) * count(*)), 4) AS train_pairs_later,
  (SELECT count(*) FROM train_pairs WHERE label_ts_epoch >= (SELECT min(label_ts_epoch) FROM asked))
    AS train_pairs_from_first_query_on
FROM asked
LEFT JOIN supported USING (episode_id, label)
LEFT JOIN trained ON trained.label = asked.label
ASOF LEFT JOIN hours ON asked.label_ts_epoch >= hours.hour * 3600
