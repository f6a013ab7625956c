#!/usr/bin/env python3
"""Measures the ledger and the raw C reference side by side, and prints a table of medians.

    compare.py --reference PROGRAM --ledger 'COMMAND' --folder DIR [--rounds 5] [--seconds 3]
               [--only WORK]...

Each round runs every piece of work once with the one program and once with the other, in turns, so
that a slow minute of the machine meets both. COMMAND is a shell command; {work}, {folder} and
{seconds} in it are filled in. Both print {"work","events_per_second","p50_us","p99_us"} as one line
of JSON. The ratio is the median of the rounds' ratios. Both scans read the same log, which the
ledger made: `scan` sets the ledger, which checks every record's checksum, against a C that checks
none, `scan-checked` against one that checks them too. This is a measurement, not a test: a figure
that is not reached is said, and the exit code is 0.
"""

import argparse
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict, namedtuple

Work = namedtuple("Work", "reference must aim aim_rate")
WORKS = {
    "append-1": Work("append", 0.9, None, None),
    "append-64": Work("group 64", 0.8, 0.95, None),
    "append-128": Work("group 128", 0.8, 0.95, None),
    "append-4x16": Work("processes 4 16", 0.8, None, 60_000),
    "batch-1000": Work("batch 1000", 0.5, None, 1_000_000),
    "scan": Work("scan", 0.9, None, None),
    "scan-checked": Work("scan", 0.9, None, None),
}
# What the one program measures under another name: the ledger always checks checksums.
OWN_NAMES = {("ledger", "scan-checked"): "scan"}
# Where both read what the ledger has made: the folder is kept between rounds.
LOG = "ledger/history-1000000/log"


def measure(command, work):
    """Runs a command; answers what it measured for `work`."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    lines = [line for line in lines if line.get("work") == work]
    if done.returncode != 0 or len(lines) != 1:
        sys.exit(f"{shlex.join(command)}: exit code {done.returncode}, "
                 f"{len(lines)} measurements of {work} where one was expected")
    return lines[0]


def hardware(folder):
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    system = subprocess.run(["findmnt", "-no", "FSTYPE,SOURCE", "-T", folder], text=True,
                            stdout=subprocess.PIPE).stdout.split()
    return (f"{model}, {len(os.sched_getaffinity(0))} cores, Linux {platform.release()}, "
            f"{' on '.join(system) or 'unknown file system'}, load {os.getloadavg()[0]:.2f}")


def rate(number):
    return f"{number / 1e6:.2f} M/s" if number >= 1e6 else f"{number / 1e3:.1f} k/s"


def clear(options):
    for side in ("c", "ledger"):
        shutil.rmtree(f"{options.folder}/{side}", ignore_errors=True)


def run(options):
    found = defaultdict(lambda: defaultdict(list))
    for number in range(options.rounds):
        for name in options.only or WORKS:
            reads = WORKS[name].reference == "scan"
            folder = f"{options.folder}/{LOG if reads else 'c'}"
            commands = {
                "c": [options.reference, folder, *WORKS[name].reference.split(),
                      "--seconds", str(options.seconds)],
                "ledger": ["sh", "-c", options.ledger.format(
                    work=OWN_NAMES.get(("ledger", name), name), seconds=options.seconds,
                    folder=f"{options.folder}/ledger")]}
            order = list(commands) if number % 2 == 0 else list(commands)[::-1]
            if reads and not os.path.exists(folder):
                clear(options)
                subprocess.run(commands["ledger"], stdout=subprocess.DEVNULL, check=True)
            for side in order:
                if not reads:
                    clear(options)
                line = measure(commands[side], OWN_NAMES.get((side, name), name))
                found[name][side].append(line)
            if reads:
                sides = [found[name][side][-1]["hash"] for side in commands]
                if sides[0] != sides[1]:
                    sys.exit(f"{name}: the two programs have read different bytes: {sides}")
            print(f"round {number + 1} of {options.rounds}: {name}", file=sys.stderr)
    return found


def row(name, sides):
    rates = {side: [line["events_per_second"] for line in lines] for side, lines in sides.items()}
    c, ledger = (statistics.median(rates[side]) for side in ("c", "ledger"))
    ratio = statistics.median(ours / raw for ours, raw in zip(rates["ledger"], rates["c"]))
    work = WORKS[name]
    short = f"{work.must - ratio:.2f} short"
    must = f"{work.must} x: {'reached' if ratio >= work.must else short}"
    aim, reached = "", False
    if work.aim:
        aim, reached = f"{work.aim} x", ratio >= work.aim
    elif work.aim_rate:
        aim, reached = rate(work.aim_rate), ledger >= work.aim_rate
    # A scan has no latency of one event.
    late = " / ".join(
        f"{statistics.median(line['p99_us'] for line in sides[side]):.0f}"
        if all("p99_us" in line for line in sides[side]) else "-" for side in ("c", "ledger"))
    return (f"| {name} | {rate(c)} | {rate(ledger)} | {ratio:.2f} | {must} "
            f"| {aim}{': reached' if reached else ''} | {late} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", required=True)
    parser.add_argument("--ledger", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=WORKS)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    print(hardware(options.folder))
    print(f"Full sync (two flushes a commit), 256-byte events, median of {options.rounds} rounds "
          f"of {options.seconds:g} s, both programs in turns.\n")
    found = run(options)
    print("| work | C median | ledger median | ratio | must reach | aim | p99 us, C / ledger |")
    print("|---|--:|--:|--:|---|---|--:|")
    for name, sides in found.items():
        print(row(name, sides))
    clear(options)


main()
