#!/usr/bin/env python3
"""Prints Tests/Fixtures/burst-2025-10-01.ndjson: the incident of 2025-10-01, reconstructed.

Only the facts that Tests/Fixtures/burst-2025-10-01.md lists are known; numbers, names, message ids,
texts and the instants inside the known minutes are made up, the same in every run.
"""

import hashlib
import json
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=2))
DROPS = "DR1854951 DR1853674 DR1853861 DR1853865 DR1854628 DR1854724 DR1854686".split()
STEPS = [["photo.before", "photo.after"], ["meter.reading"], ["photo.after", "signature"],
         ["photo.before"], ["signature"], ["cable.label", "photo.after"],
         ["meter.reading", "signature"]]
ACCOUNT, CHAT, ROLE = "+27000000001", "120363000000000001@g.us", "qa-monitor"
events = []


def at(clock):
    return datetime.fromisoformat("2025-10-01T" + clock).replace(tzinfo=ZONE)


def add(time, kind, source, name, subject=None, **data):
    event = {"specversion": "1.0", "id": name, "source": source, "type": kind,
             "time": time.isoformat(timespec="milliseconds")}
    if subject:
        event["subject"] = subject
    event["data"] = {**data, "provenance": "reconstruction"}
    events.append(event)


def message_id(seed):
    return "3EB0" + hashlib.sha256(seed.encode()).hexdigest()[:16].upper()


def submissions():
    for index, (drop, steps) in enumerate(zip(DROPS, STEPS)):
        received = at("15:04:11.250") + timedelta(minutes=12.5 * index)
        message = message_id("submission " + drop)
        add(received, "message.received", "wa-bridge/host-1", message, drop, account=ACCOUNT,
            chat=CHAT, person=f"+270000000{11 + index}", message=message, text=f"{drop} done")
        snapshot = hashlib.sha256(drop.encode()).hexdigest()[:12]
        add(received + timedelta(minutes=9, seconds=7 * index), "item.flagged", "qa-review/host-1",
            f"flag-{drop}-1", drop, steps=steps, submission=1, snapshot=snapshot)


def process(number):
    return f"qa-monitor/host-1/{4241 + number}", f"qa-monitor-{number}"


def lifecycle(clock, number, kind, life, **data):
    source, instance = process(number)
    add(at(clock), f"instance.{kind}", source, f"{instance}-{kind}-{life}",
        role=ROLE, instance=instance, **data)


def work_off(number, first, seconds, drops, life=1):
    """One process sends feedback on `drops`, one every `seconds`, knowing nothing of the others."""
    source, instance = process(number)
    for index, drop in enumerate(drops):
        name = f"{instance}-{life}-{index + 1}"
        common = dict(account=ACCOUNT, chat=CHAT, role=ROLE, instance=instance,
                      steps=STEPS[DROPS.index(drop)], submission=1)
        sent = at(first) + timedelta(seconds=seconds * index)
        add(sent, "send.attempted", source, name, drop, **common,
            text=f"QA REVIEW INCOMPLETE - {drop}")
        latency = timedelta(milliseconds=760 + 13 * ((number * 31 + life * 17 + index * 7) % 9))
        add(sent + latency, "send.accepted", source, name + "-accepted", drop, **common,
            message=message_id(name))


submissions()
lifecycle("08:02:11.004", 1, "started", 1)
lifecycle("13:37:40.518", 2, "started", 1)
lifecycle("16:50:58.301", 3, "started", 1)
work_off(1, "16:51:02.125", 15, DROPS)
work_off(2, "16:51:05.480", 13, DROPS[::-1])
work_off(3, "16:51:00.913", 7, DROPS)
lifecycle("16:51:49.377", 3, "stopped", 1, reason="killed")
lifecycle("16:51:58.062", 3, "started", 2)
work_off(3, "16:52:01.340", 7, DROPS + DROPS[:1], life=2)

events.sort(key=lambda event: event["time"])
events[0]["reconstruction"] = "made from the facts of the post-mortem, see burst-2025-10-01.md"
for event in events:
    print(json.dumps(event, separators=(",", ":")))
