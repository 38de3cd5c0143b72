-- What is wrong with the tables pairs and episodes, one row for each kind of problem; no row where all is well. Rows of
-- a table are numbered as those of its file, from 0.
WITH members AS (
  SELECT rowid AS row, episode_id, user_id, 'support_pair_ids' AS port, unnest(support_pair_ids) AS pair_id FROM episodes
  UNION ALL
  SELECT rowid, episode_id, user_id, 'query_pair_ids' AS port, unnest(query_pair_ids) AS pair_id FROM episodes
),
problems AS (
  SELECT 1 AS place, 'pairs' AS file, 'pair_id is not unique' AS problem, 'pair_id ' || pair_id AS example,
         max(rowid) AS row
  FROM pairs GROUP BY pair_id HAVING count(*) > 1
  UNION ALL
  SELECT 2, 'pairs', 'prefix is empty', 'pair_id ' || pair_id, rowid FROM pairs WHERE len(prefix) = 0
  UNION ALL
  SELECT 3, 'pairs', 'prefix holds something that is not an item id', 'pair_id ' || pair_id, rowid FROM pairs
  WHERE len(list_filter(prefix, lambda item: item IS NULL OR item < 0 OR item >= $item_count)) > 0
  UNION ALL
  SELECT 4, 'pairs', 'label is not an item id', 'pair_id ' || pair_id || ', label ' || label, rowid FROM pairs
  WHERE label < 0 OR label >= $item_count
  UNION ALL
  SELECT 5, 'episodes', 'episode_id is not unique', 'episode_id ' || episode_id, max(rowid)
  FROM episodes GROUP BY episode_id HAVING count(*) > 1
  UNION ALL
  SELECT 6, 'episodes', 'support_pair_ids or query_pair_ids is empty', 'episode_id ' || episode_id, rowid
  FROM episodes WHERE len(support_pair_ids) = 0 OR len(query_pair_ids) = 0
  UNION ALL
  SELECT 7, 'episodes', port || ' names a pair that is not in the pairs',
         'episode_id ' || episode_id || ', pair_id ' || coalesce(members.pair_id::VARCHAR, 'null'), row
  FROM members WHERE members.pair_id IS NULL OR members.pair_id NOT IN (SELECT pair_id FROM pairs)
  UNION ALL
  SELECT 8, 'episodes', port || ' names a pair of another user', 'episode_id ' || episode_id || ', pair_id ' || pair_id,
         row
  FROM members JOIN pairs USING (pair_id) WHERE members.user_id <> pairs.user_id
  UNION ALL
  SELECT 9, 'episodes', 'a pair stands twice in one episode', 'episode_id ' || episode_id || ', pair_id ' || pair_id,
         max(row)
  FROM members WHERE pair_id IS NOT NULL GROUP BY episode_id, pair_id HAVING count(*) > 1
)
SELECT file, problem, count(*) AS rows, 'row ' || min(row) || ', ' || arg_min(example, (row, example)) AS example
FROM problems
GROUP BY place, file, problem
ORDER BY place, problem
