-- Text to seconds since 1970, each value by itself: a zone that one names must not reach another, as it did with the
-- types that know time zones. Null where the text is no time, or names a zone by a word other than UTC.
CREATE TEMP MACRO seconds_at(y, mo, d, h, mi, s, f) AS
  epoch(try_cast(
    y || '-' || lpad(mo, 2, '0') || '-' || lpad(d, 2, '0') || ' ' || lpad(if(h = '', '00', h), 2, '0') || ':'
    || if(mi = '', '00', mi) || ':' || if(s = '', '00', s) || if(f = '', '', '.' || left(f, 6)) AS TIMESTAMP));

CREATE TEMP MACRO offset_seconds(o, om) AS CASE
  WHEN o = '' THEN 0
  WHEN abs(o::INTEGER) <= 18 AND (om = '' OR om::INTEGER < 60)
    THEN if(o[1] = '-', -1, 1) * (abs(o::INTEGER) * 3600 + if(om = '', 0, om::INTEGER) * 60)
END;

CREATE TEMP MACRO seconds_of_parts(p) AS
  seconds_at(p.y, p.mo, p.d, p.h, p.mi, p.s, p.f) - offset_seconds(p.o, p.om);

-- ISO 8601's extended format, its basic format, and what databases write.
CREATE TEMP MACRO iso_seconds(cell) AS CASE
  WHEN regexp_full_match(cell, '\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z?)?')
    THEN epoch(try_cast(cell AS TIMESTAMP))
  WHEN regexp_full_match(cell, '\s*\d{8}([Tt].*)?')
    THEN seconds_of_parts(regexp_extract(cell,
      '^\s*(\d{4})(\d{2})(\d{2})(?:[Tt](\d{2})(?:(\d{2})(?:(\d{2})(?:[.,](\d+))?)?)?(?:[Zz]|([+-]\d{2}):?(\d{2})?)?)?\s*$',
      ['y', 'mo', 'd', 'h', 'mi', 's', 'f', 'o', 'om']))
  ELSE seconds_of_parts(regexp_extract(cell,
    '^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:(?:[Tt]| +)(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)? *(?:[Zz]|UTC|GMT|([+-]\d{2}):?(\d{2})?)?)?\s*$',
    ['y', 'mo', 'd', 'h', 'mi', 's', 'f', 'o', 'om']))
END;
