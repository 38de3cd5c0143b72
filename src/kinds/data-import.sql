-- Raw cells to interactions. raw: place (in the file), user_cell, item_cell, time_cell, all text, readable; time_cell in epoch
-- seconds where the file's own type was a date.
SELECT
  place,
  user_cell AS user_id,
  item_cell AS item_id,
  CASE $time_unit
    WHEN 'seconds' THEN try_cast(time_cell AS DOUBLE)
    WHEN 'milliseconds' THEN try_cast(time_cell AS DOUBLE) / 1000
    WHEN 'microseconds' THEN try_cast(time_cell AS DOUBLE) / 1000000
    WHEN 'iso' THEN epoch(try_cast(time_cell AS TIMESTAMPTZ))
  END AS timestamp,
  user_cell IS NOT NULL AND item_cell IS NOT NULL AND coalesce(isfinite(timestamp), false) AS good,
  CASE
    WHEN NOT readable THEN 'not a JSON object'
    WHEN user_cell IS NULL THEN 'no user'
    WHEN item_cell IS NULL THEN 'no item'
    WHEN time_cell IS NULL THEN 'no time'
    WHEN NOT good THEN 'time ' || time_cell || ' is not in ' || $time_unit
  END AS problem
FROM raw
