"""Reads files of interactions by the rules of docs/importing.md, written apart from kshot to be compared with it.

Takes requests as JSON lines on stdin: path, format (csv, tsv, jsonl), delimiter, quote. Answers each with a JSON line:
rows ([user, item, seconds]) and bad (lines of records left out), or refused (why the file cannot be read at all).
Columns are user, item, time: the first three of a table with a header, the keys of an object.
"""
import gzip
import json
import math
import re
import sys
import zlib


def bytes_of(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return data[3:] if data[:3] == b"\xef\xbb\xbf" else data


LINE_END = re.compile(rb"\r\n|\n|\r")


def line_end(data, at):
    """Where the line ends and the next begins."""
    found = LINE_END.search(data, at)
    return (len(data), len(data)) if found is None else (found.start(), found.end())


def parse(data, at, delimiter, quote):
    """Cells of the record at `at` and where it ends; None where a quote does not close as it should."""
    cells = []
    while True:
        if quote and data[at : at + 1] == quote:
            cell, at = b"", at + 1
            while True:
                close = data.find(quote, at)
                if close < 0:
                    return None
                cell += data[at:close]
                at = close + 1
                if data[at : at + 1] != quote:
                    break
                cell += quote
                at += 1
            if at < len(data) and not data.startswith(delimiter, at) and data[at : at + 1] not in (b"\n", b"\r"):
                return None
        else:
            end = line_end(data, at)[0]
            stop = data.find(delimiter, at, end)
            stop = end if stop < 0 else stop
            cell, at = data[at:stop], stop
        cells.append(cell)
        if not data.startswith(delimiter, at):
            return cells, at
        at += len(delimiter)


def number(text):
    # Python also takes other digits and spaces than ASCII's, and underscores between digits.
    if not text.isascii() or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def interaction(user, item, time):
    if user in (None, "") or item in (None, "") or time is None:
        return None
    seconds = number(time)
    return None if seconds is None else [user, item, seconds]


def table(data, delimiter, quote):
    at, line, header, rows, bad = 0, 1, None, [], []
    while at < len(data):
        end, after = line_end(data, at)
        found = parse(data, at, delimiter, quote)
        if found is not None:
            cells, stop = found
            span = len(LINE_END.findall(data[at:stop]))
            if len(cells) == 1 and not data[at:stop].strip(b" \t"):
                at, line = after, line + 1
                continue
            if header is None:
                if len(cells) < 3:
                    return {"refused": "header"}
                header, at, line = len(cells), line_end(data, stop)[1], line + 1 + span
                continue
            row = None
            if len(cells) == header and b"\0" not in data[at:stop]:
                try:
                    row = interaction(*(cell.decode("utf-8") for cell in cells[:3]))
                except UnicodeDecodeError:
                    row = None
                # A record of the right shape whose values are wrong is left out whole.
                if row is None and all(decodes(cell) for cell in cells[:3]):
                    bad.append(line)
                    at, line = line_end(data, stop)[1], line + 1 + span
                    continue
            if row is not None:
                rows.append(row)
                at, line = line_end(data, stop)[1], line + 1 + span
                continue
        elif header is None:
            return {"refused": "header"}
        bad.append(line)
        at, line = after, line + 1
    return {"rows": rows, "bad": bad}


def decodes(cell):
    try:
        cell.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def each_once(pairs):
    keys = [key for key, _ in pairs]
    return dict(pairs, **{"\0twice": [key for key in COLUMNS if keys.count(key) > 1]})


# Strings as they are; a comma before the end of an object or list is let pass.
LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=[ \t]*[}\]])')
COLUMNS = ("user", "item", "time")


def json_value(value):
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return None
    value = str(value)
    value.encode("utf-8")
    return None if "\0" in value else value


def json_lines(data):
    rows, bad = [], []
    for line, text in enumerate(LINE_END.split(data), 1):
        if not text.strip(b" \t"):
            continue
        row = None
        try:
            if b"\0" not in text:
                text = LAST_COMMA.sub(lambda found: found.group(1) or "", text.decode("utf-8"))
                record = json.loads(text, object_pairs_hook=each_once)
                json.dumps(record, ensure_ascii=False).encode("utf-8")
                if not record["\0twice"]:
                    row = interaction(*(json_value(record.get(key)) for key in COLUMNS))
        except (ValueError, AttributeError, RecursionError):
            row = None
        rows.append(row) if row is not None else bad.append(line)
    return {"rows": rows, "bad": bad}


def answer(request):
    try:
        data = bytes_of(request["path"])
    except (OSError, EOFError, zlib.error) as error:
        return {"refused": f"gzip: {error}"}
    if request["format"] == "jsonl":
        return json_lines(data)
    quote = request.get("quote", "").encode()
    return table(data, request["delimiter"].encode(), quote)


for request in sys.stdin:
    print(json.dumps(answer(json.loads(request))), flush=True)
