#!/usr/bin/env python3
"""Reads a ledger without the ledger: the lines that `ledger events --json --redact` prints.

    read_log.py LEDGER [--from POSITION]

Needs PyPI's lmdb, and xxhash to check the records' checksums (tools/setup --tests installs both).
The layout is described in Sources/Events/Events.swift and interpreted here on its own; the numbers
of types, fields and rules and the sentences of findings are read from the Swift sources beside it.
Records are printed as they are stored: sealed fields are named, not opened, and a type with an
upcaster shows its old version.
"""

import base64
import json
import os
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from struct import Struct, unpack_from

import lmdb

try:
    import xxhash
except ImportError:
    xxhash = None

EVENTS = Path(__file__).resolve().parent.parent / "Sources/Events"
PAGE = 10_000  # events in one read transaction, so that a writer can reuse pages meanwhile
HEADER = Struct("<BBHBBBBQqqhHI16s16s")


def block(file, opening):
    """The part of a Swift file from `opening` to the brace in the first column that closes it."""
    found = re.search(re.escape(opening) + r".*?\n}", (EVENTS / file).read_text(), re.DOTALL)
    return found.group() if found else sys.exit(f"{file}: no `{opening}`")


def cases(text):
    """The cases of a Swift enum by their numbers."""
    found, number = {}, -1
    for line in re.findall(r"^    case ((?:[^\n]*,\n)*[^\n]*)$", text, re.MULTILINE):
        for part in line.split(","):
            name, _, given = part.partition("=")
            number = int(given) if given else number + 1
            found[number] = name.strip().strip("`")
    return found


def dotted(name):
    head, tail = re.fullmatch(r"([^A-Z]*)(.*)", name).groups()
    return f"{head}.{tail.lower()}" if tail else head


def literal(text):
    """A Swift string literal with interpolations as a template for str.format."""
    return re.sub(r"\\\((\w+)\)", r"{\1}", text)


FIELDS = {number: re.sub("[A-Z]", lambda capital: "_" + capital.group().lower(), name)
          for number, name in cases(block("Field.swift", "enum Field:")).items()}
KINDS = cases(block("Field.swift", "enum FieldKind"))
type_text = block("EventType.swift", "enum EventType")
TYPES = {number: dotted(name) for number, name in cases(type_text).items()}
OURS = [range(int(low), int(high or 65536)) for low, high in
        re.findall(r"(\d+)\.\.(?:<(\d+)|\.)", type_text.split("var author")[1])]

rule_text = block("Findings/Rule.swift", "enum Rule")
RULES = cases(rule_text)
SCOPES = cases(block("Findings/Rule.swift", "enum Scope"))
VERDICTS = cases(block("Findings/Rule.swift", "enum Verdict"))
IN_SECONDS = set(re.findall(r"\.(\w+)", re.search(r"case ([^:]*): true", rule_text).group(1)))
finding_text = block("Findings/Finding.swift", "struct Finding")
VIOLATED = {name: literal(text) + "." for name, text in
            re.findall(r'case \.(\w+):\s*"(.*)"', finding_text)}
KEYED = {}
for rule, key, text in re.findall(
        r'case \.(\w+):\s*code\?\.sentence\(of: "([^"]*)"\)\s*\?\? "(.*)"', finding_text):
    KEYED[rule], VIOLATED[rule] = key, literal(text) + "."
code_text = block("Findings/FindingCode.swift", "enum FindingCode")
CODES = {number: re.sub("[A-Z]", lambda capital: "_" + capital.group().lower(), name)
         for number, name in cases(code_text).items()}
CODE_SENTENCES = {
    re.sub("[A-Z]", lambda capital: "_" + capital.group().lower(), name):
        literal("".join(re.findall(r'"([^"]*)"', text))) + "."
    for name, text in re.findall(r'case \.(\w+):((?:\s*\+?\s*"[^"]*")+)', code_text)}
SECONDS_KEPT = literal(re.search(r'measuresSeconds \{ return "(.*)" \}', finding_text).group(1))
COUNT_KEPT, NOTHING = re.search(r'limit > 0 \? "(.*)" : "(.*)"', finding_text).groups()
COUNT_KEPT = literal(COUNT_KEPT)


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def timestamp(nanoseconds, bits, offset=0):
    """RFC 3339 as it was spelt: digits in bits 0-3, 16 = Z, 64 = -00:00, 128 = lower case."""
    local, digits = not bits & 16, min(bits & 15, 9)
    seconds, fraction = divmod(nanoseconds, 10**9)
    moment = datetime(1970, 1, 1) + timedelta(seconds=seconds, minutes=offset if local else 0)
    lower = bits & 128 if local else bits & 192 in (64, 128)
    text = moment.strftime("%Y-%m-%dt%H:%M:%S" if lower else "%Y-%m-%dT%H:%M:%S")
    text += f".{fraction:09d}"[:digits + 1] if digits else ""
    if not local:
        return text + ("z" if bits & 128 else "Z")
    hours, minutes = divmod(abs(offset), 60)
    return text + f"{'-' if offset < 0 or bits & 64 else '+'}{hours:02d}:{minutes:02d}"


def ledger_time(nanoseconds):
    """UTC with three fractional digits, or as many as it needs."""
    digits = max(3, len(f"{nanoseconds % 10**9:09d}".rstrip("0")))
    return quoted(timestamp(nanoseconds, 16 | digits))


def varint(value, at):
    number = shift = 0
    while True:
        number |= (value[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if value[at - 1] < 128:
            return number, at


def signed(number):
    return number - (1 << 64) if number >> 63 else number


def findings(value):
    at, found = 0, []
    while at < len(value):
        rule, scope, flags = RULES[value[at]], SCOPES[value[at + 1]], value[at + 2]
        numbers, at = [], at + 3
        for _ in range(2 + (flags >> 2 & 1) + 3 * (flags >> 3 & 1)):
            number, at = varint(value, at)
            numbers.append(number)
        observed, limit = signed(numbers[0]), signed(numbers[1])
        verdict, reason = VERDICTS[flags & 3], VIOLATED[rule]
        if verdict == "send":
            reason = SECONDS_KEPT if rule in IN_SECONDS else COUNT_KEPT if limit > 0 else NOTHING
        code = ""
        if flags & 16:
            code, at = CODES[value[at]], at + 1
            if verdict != "send" and rule in KEYED and code in CODE_SENTENCES:
                reason = CODE_SENTENCES[code].format(message=KEYED[rule])
            code = f',"code":"{code}"'
        reason = reason.format(observed=observed, limit=limit, per=scope)
        retry = ledger_time(signed(numbers[2])) if flags & 4 else "null"
        evidence = "null"
        if flags & 8:
            first, span, count = numbers[-3:]
            evidence = f'{{"first":{first},"last":{first + span},"count":{count}}}'
        found.append(f'{{"rule":"{dotted(rule)}","scope":"{scope}","verdict":"{verdict}",'
                     f'"observed":{observed},"limit":{limit},"retry_at":{retry},'
                     f'"reason":{quoted(reason)},"evidence":{evidence}{code}}}')
    return f"[{','.join(found)}]"


def texts(value):
    at, found = 0, []
    while at < len(value):
        end = at + 2 + unpack_from("<H", value, at)[0]
        found.append(quoted(value[at + 2:end].decode()))
        at = end
    return f"[{','.join(found)}]"


def reservation(value):
    return '"r%d.%08x"' % unpack_from("<QI", value)


def time_value(value):
    nanoseconds, offset, bits = unpack_from("<qhB", value)
    return quoted(timestamp(nanoseconds, bits, offset))


READ = {
    "text": lambda value: quoted(value.decode()),
    "integer": lambda value: str(unpack_from("<q", value)[0]),
    "boolean": lambda value: "true" if value[0] else "false",
    "time": time_value, "texts": texts, "json": bytes.decode, "findings": findings,
    "bytes": lambda value: quoted(base64.b64encode(value).decode()), "reservation": reservation}


def event(record, position):
    """A record as one line of JSON."""
    (layout, flags, kind, _, count, form, _, stored, recorded, time, offset, length, _, identity,
     _) = HEADER.unpack_from(record)
    if layout != 1 or stored != position or length != len(record):
        raise ValueError("it is not a record of layout 1, or not of this position")
    if xxhash and xxhash.xxh3_64_intdigest(record[:-8]) != unpack_from("<Q", record, length - 8)[0]:
        raise ValueError("its checksum does not match")
    directory = HEADER.size + 16 * bin(flags & 254).count("1")
    values, start = directory + 4 * count, 0
    envelope, unknown, data, sealed = {}, "", [], []
    for at in range(directory, values, 4):
        number, how, end = unpack_from("<BBH", record, at)
        value, start = record[values + start:values + end], end
        if how & 128:
            sealed.append(FIELDS.get(number, str(number)))
            continue
        if number not in FIELDS or how not in KINDS:
            continue  # of a later version
        name, text = FIELDS[number], READ[KINDS[how]](value)
        if name == "extensions":
            unknown = "," + text[1:-1]
        elif name == "extras":
            data.append(text[1:-1])
        elif number < 10:
            envelope[name] = text
        else:
            data.append(f'"{name}":{text}')
    name = envelope.pop("id", f'"sealed-{identity.hex()}"')
    members = {"specversion": '"1.0"', "id": name, "source": envelope.pop("source"),
               "type": quoted(TYPES.get(kind, f"unknown.{kind}"))}
    if not form & 32:
        members["time"] = quoted(timestamp(time, form, offset))
    elif any(kind in numbers for numbers in OURS):
        members["time"] = ledger_time(time)
    for name in ("subject", "datacontenttype", "dataschema"):
        if name in envelope:
            members[name] = envelope[name]
    members |= {"sequence": f'"{position:020d}"', "recordedtime": ledger_time(recorded)}
    if sealed:
        members["sealed"] = quoted(",".join(sealed))
    head = ",".join(f'"{name}":{text}' for name, text in members.items())
    return f'{{{head}{unknown},"data":{{{",".join(data)}}}}}'


def records(folder, position):
    """(position, record) from `position` on, as many as there are."""
    # Without its lock file a log can be read too, but no writer may be at work then.
    lock = os.access(f"{folder}/lock.mdb", os.W_OK)
    with lmdb.open(folder, readonly=True, lock=lock, max_dbs=4, create=False) as store:
        log = store.open_db(b"log", create=False, integerkey=True)
        while True:
            with store.begin(db=log) as transaction:
                cursor = transaction.cursor()
                page = []
                if cursor.set_range(position.to_bytes(8, sys.byteorder)):
                    for key, value in cursor:
                        page.append((int.from_bytes(key, sys.byteorder), value))
                        if len(page) == PAGE:
                            break
            if not page:
                return
            yield from page
            position = page[-1][0] + 1


def main():
    arguments = sys.argv[1:]
    position = 0
    if arguments[1:2] == ["--from"] and len(arguments) == 3:
        position = int(arguments[2])
    elif len(arguments) != 1:
        sys.exit(__doc__)
    if xxhash is None:
        print("xxhash is not installed: checksums are not checked.", file=sys.stderr)
    for found, record in records(f"{arguments[0]}/log", position):
        if found != position:
            sys.exit(f"position {position} is missing")
        try:
            line = event(record, position)
        except Exception as error:
            sys.exit(f"position {position} cannot be read: {error}")
        print(line)
        position += 1


try:
    main()
except lmdb.Error as error:
    sys.exit(f"the log cannot be read: {error}")
except BrokenPipeError:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
