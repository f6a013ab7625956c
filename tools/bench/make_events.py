#!/usr/bin/env python3
"""Prints made-up CloudEvents for benchmarks, one a line: make_events.py [COUNT [SEED]].

About 300 bytes each, the same for the same seed: submissions, attempts and provider statuses of
1,000 people in 20 groups, with the escapes and the wide characters that such texts hold.
"""

import json
import random
import sys
from datetime import datetime, timedelta, timezone

TEXTS = ['{} done', '{} done, pole is "wobbly"',
         'Good morning. {} is ready for review \N{thumbs up sign}',
         '{}: gate locked,\nresident back at 14:00', 'Umsebenzi wenziwe {}', 'Kañada close {} ok']
STEPS = ["photo.before", "photo.after", "meter.reading", "signature", "cable.label"]


def events(count, seed):
    chance = random.Random(seed)
    time = datetime(2025, 10, 1, 6, tzinfo=timezone(timedelta(hours=2)))
    for number in range(count):
        time += timedelta(milliseconds=chance.randrange(1, 900))
        drop = f"DR{1850000 + chance.randrange(5000)}"
        message = f"3EB0{chance.getrandbits(56):014X}"
        data = {"account": "+27000000001",
                "chat": f"1203630000000000{chance.randrange(20):02d}@g.us"}
        event = {"specversion": "1.0", "id": message, "source": f"wa-bridge/host-{number % 3}/4242",
                 "type": "message.received", "time": time.isoformat(timespec="milliseconds"),
                 "subject": drop, "data": data}
        kind = chance.randrange(4)
        if kind == 0:
            event["type"] = "send.attempted"
            data.update(role="qa-monitor", instance=f"qa-monitor-{number % 3}", submission=1,
                        steps=chance.sample(STEPS, 2), text=f"QA REVIEW INCOMPLETE - {drop}")
        elif kind == 1:
            event["type"] = "message.delivered"
            data.update(message=message, person=f"+27000{chance.randrange(1000):06d}",
                        attempt=number)
        else:
            data.update(person=f"+27000{chance.randrange(1000):06d}", message=message,
                        text=chance.choice(TEXTS).format(drop))
        yield event


if __name__ == "__main__":
    count, seed = (int(text) for text in (sys.argv[1:] + ["200000", "1"][len(sys.argv) - 1:]))
    for event in events(count, seed):
        print(json.dumps(event, separators=(",", ":"), ensure_ascii=False))
