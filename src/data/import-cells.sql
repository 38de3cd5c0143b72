-- Cells of one piece of the input to rows of `imported`. `cells`: user_cell, item_cell, time_cell as text, null where there is
-- no value; seconds, null where the time cannot be read; unreadable, what is wrong with the row as a whole.
INSERT INTO imported
SELECT
  user_cell,
  item_cell,
  CASE WHEN isfinite(seconds) THEN seconds END AS timestamp,
  CASE
    WHEN unreadable IS NOT NULL THEN unreadable
    WHEN user_cell IS NULL THEN 'no user'
    WHEN item_cell IS NULL THEN 'no item'
    WHEN time_cell IS NULL THEN 'no time'
    WHEN timestamp IS NULL AND regexp_matches(time_cell, '\d.* *[A-Za-z_]{2,}(/[A-Za-z_/+-]+)?$')
      THEN 'time ' || time_cell || ' names a time zone: an offset such as +08:00 can be read'
    WHEN timestamp IS NULL THEN 'time ' || time_cell || ' is not ' || $form
  END AS problem
FROM cells
