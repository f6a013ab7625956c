#!/usr/bin/env python3
"""Calculates by brute force, without the ledger, what a policy would have done to a burst.

    check_burst.py [EVENTS] [--policy FILE] [--from T] [--to T] [--base N]
                                   the object that `ledger replay --what-if FILE --json` prints
    check_burst.py --table         the same as a Markdown table, one row per attempt
    check_burst.py --against FILE  exit 1 unless FILE holds that table, line by line

For every attempt all earlier ones are walked again, rule by rule: nothing is carried along but the
list of those that were allowed. It knows the five keys of the shipped policy and no others.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "Tests/Fixtures"
WINDOWS = {"limit.minute": ("messages_per_minute", 60), "limit.hour": ("messages_per_hour", 3600),
           "limit.day": ("messages_per_day", 86400)}


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def spelt(time):
    if time is None:
        return None
    utc = time.astimezone(timezone.utc)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def limits_of(path):
    keys = [key for key, _ in WINDOWS.values()]
    keys += ["cooldown_between_same_drop", "startup_grace_period"]
    limits = {}
    for line in path.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() in keys:
            limits[key.strip()] = int(value)
        elif line != "rate_limits:":
            sys.exit(f"{path}: {line!r} is beyond this calculation")
    if len(limits) != len(keys):
        sys.exit(f"{path}: this calculation needs all of {', '.join(keys)}")
    return limits


def business_key(event):
    data = event["data"]
    if "steps" not in data or "submission" not in data:
        return None
    return event["subject"], frozenset(data["steps"]), data["submission"]


def holder(role, starts, stops, moment):
    """The instance that holds a role: of those that run, the one whose last start was first."""
    last = {}
    for started, instance, time, position in starts:
        if started == role and (time, position) < moment:
            last[instance] = max(last.get(instance, (time, position)), (time, position))
    for stopped, instance, time, position in stops:
        if stopped == role and last.get(instance, moment) <= (time, position) < moment:
            del last[instance]
    return min(last, key=last.get, default=None)


def findings(attempt, allowed, starts, stops, limits):
    """Every rule that does not say send, with the instant at which it will, or None for never."""
    now, data, found = attempt["at"], attempt["data"], {}
    for rule, (key, seconds) in WINDOWS.items():
        window, limit = timedelta(seconds=seconds), limits[key]
        counted = sorted(sent["at"] for sent in allowed
                         if sent["data"]["account"] == data["account"]
                         and now - window < sent["at"] <= now)
        if len(counted) >= limit:
            found[rule] = counted[len(counted) - limit] + window
    cooldown = timedelta(seconds=limits["cooldown_between_same_drop"])
    same = [sent["at"] for sent in allowed if sent["subject"] == attempt["subject"]]
    if same and now < max(same) + cooldown:
        found["cooldown.subject"] = max(same) + cooldown
    # Of two events at one instant, the one at the lower position was first.
    mine = [time for role, instance, time, position in starts
            if (role, instance) == (data["role"], data["instance"])
            and (time, position) < (now, attempt["position"])]
    grace = timedelta(seconds=limits["startup_grace_period"])
    if mine and now < max(mine) + grace:
        found["grace"] = max(mine) + grace
    first = holder(data["role"], starts, stops, (now, attempt["position"]))
    if first not in (None, data["instance"]):
        found["instance"] = None
    key = business_key(attempt)
    if key and any(business_key(sent) == key for sent in allowed):
        found["duplicate.business"] = None
    return found


def calculate(options):
    limits, events = limits_of(options.policy), []
    for line, text in enumerate(options.events.read_text().splitlines()):
        event = json.loads(text)
        events.append({**event, "position": options.base + line, "at": instant(event["time"])})
    events.sort(key=lambda event: (event["at"], event["position"]))

    def processes(kind):
        return [(event["data"]["role"], event["data"]["instance"], event["at"], event["position"])
                for event in events if event["type"] == kind]

    starts, stops = processes("instance.started"), processes("instance.stopped")
    within = [event for event in events
              if instant(options.start) <= event["at"] <= instant(options.to)]
    attempts = [event for event in within if event["type"] == "send.attempted"]

    allowed, decisions, by_rule = [], [], Counter()
    for attempt in attempts:
        found = findings(attempt, allowed, starts, stops, limits)
        verdict = "refuse" if None in found.values() else "wait" if found else "send"
        if verdict == "send":
            allowed.append(attempt)
        by_rule.update(found.keys())
        decisions.append({
            "position": attempt["position"], "source": attempt["source"],
            "subject": attempt["subject"], "verdict": verdict, "rules": sorted(found),
            "retry_at": spelt(max(found.values())) if verdict == "wait" else None})

    def lives(source):
        return [event["at"] for event in events
                if event["source"] == source and event["type"] == "instance.started"]

    by_source = Counter(attempt["source"] for attempt in attempts)
    by_subject = Counter(attempt["subject"] for attempt in attempts)
    keys = {subject: {business_key(attempt) for attempt in attempts
                      if attempt["subject"] == subject} for subject in by_subject}
    verdicts = Counter(decision["verdict"] for decision in decisions)
    return attempts, {
        "from": spelt(instant(options.start)), "to": spelt(instant(options.to)),
        "events": len(within), "attempts": len(attempts),
        "sources": [{"source": source, "attempts": count,
                     "started": spelt(min(lives(source), default=None)),
                     "restarts": max(0, len(lives(source)) - 1)}
                    for source, count in sorted(by_source.items())],
        "subjects": [{"subject": subject, "attempts": count,
                      "duplicates": count - len(keys[subject])}
                     for subject, count in sorted(by_subject.items())],
        "policy": hashlib.sha256(options.policy.read_bytes()).hexdigest(),
        "verdicts": {verdict: verdicts[verdict] for verdict in ("send", "wait", "refuse")},
        "by_rule": dict(sorted(by_rule.items())), "decisions": decisions}


def table(attempts, result):
    rows = ["| # | time (+02:00) | process | drop | verdict | rules against it | retry at |",
            "|--:|---|---|---|---|---|---|"]
    for number, (attempt, made) in enumerate(zip(attempts, result["decisions"]), 1):
        retry = ""
        if made["retry_at"]:
            local = instant(made["retry_at"]).astimezone(attempt["at"].tzinfo)
            retry = local.isoformat(timespec="milliseconds")[11:23]
        rows.append(f"| {number} | {attempt['time'][11:23]} | {attempt['source'].split('/')[-1]} "
                    f"| {attempt['subject']} | {made['verdict']} | {', '.join(made['rules'])} "
                    f"| {retry} |")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("events", nargs="?", type=Path,
                        default=FIXTURES / "burst-2025-10-01.ndjson")
    parser.add_argument("--policy", type=Path, default=FIXTURES / "policies/qa-feedback.yaml")
    parser.add_argument("--from", dest="start", default="2025-10-01T16:40:00+02:00")
    parser.add_argument("--to", default="2025-10-01T17:00:00+02:00")
    parser.add_argument("--base", type=int, default=0, help="position of the file's first event")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    attempts, result = calculate(options)
    if options.against:
        found = [line for line in options.against.read_text().splitlines()
                 if line.startswith("|")]
        if found != table(attempts, result):
            sys.exit(f"{options.against}: its table is not what the events give")
        print(f"{len(attempts)} attempts: the calculation by hand holds.")
    elif options.table:
        print("\n".join(table(attempts, result)))
    else:
        print(json.dumps(result, separators=(",", ":")))


main()
