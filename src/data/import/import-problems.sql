-- What is wrong with the rows of one piece of the input, by their place in `imported`, where `$rows_before` came before. `cells`:
-- user_cell, item_cell, time_cell as text, null where there is no value; seconds, null where the time cannot be read; unreadable,
-- what is wrong with the row as a whole.
INSERT INTO problems
SELECT
  $rows_before + place AS row,
  CASE
    WHEN unreadable IS NOT NULL THEN unreadable
    WHEN user_cell IS NULL THEN 'no user'
    WHEN item_cell IS NULL THEN 'no item'
    WHEN time_cell IS NULL THEN 'no time'
    WHEN regexp_matches(time_cell, '\d *[AaPp]\.?[Mm]\.?\s*$')
      THEN 'time ' || time_cell || ' is of a 12-hour clock, which only date_format reads'
    WHEN regexp_matches(time_cell, '\d.* *[A-Za-z_]{2,}(/[A-Za-z_/+-]+)?$')
      THEN 'time ' || time_cell || ' names a time zone: an offset such as +08:00 can be read'
    WHEN regexp_full_match(time_cell, '\s*[+-]?\d{1,3}(,\d{3}){2,}(\.\d*)?\s*')
      THEN 'time ' || time_cell || ' has commas between its thousands'
    WHEN regexp_full_match(time_cell, '\s*[+-]?\d+,\d+\s*')
      THEN 'time ' || time_cell || ' has a decimal comma: a point can be read'
    ELSE 'time ' || time_cell || ' is not ' || $form
  END AS problem
FROM (SELECT row_number() OVER () - 1 AS place, * FROM cells)
WHERE unreadable IS NOT NULL OR user_cell IS NULL OR item_cell IS NULL OR NOT coalesce(isfinite(seconds), false)
