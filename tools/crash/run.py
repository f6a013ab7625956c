#!/usr/bin/env python3
"""Faults at every step of the ledger: kills, calls that fail, power cuts.

    run.py                   everything: each call of each scenario, 500 power cuts a scenario
    run.py --quick           a sample of each, in about half a minute
    run.py --only ask --calls 20 --states 900 --seed 7

For each scenario and each call that it makes to the file system, the process is killed just before
and just after the call; the call fails once, and from there on, with EIO, ENOSPC and (once) EINTR;
and from the journal of its writes and syncs the images are built that a power cut may leave
(images.py). After each of these a fresh process must find all that was acknowledged, once, where it
was acknowledged, unaltered, and nothing that nobody asked for; verify and rebuild must find
nothing; and doing the same again must answer what is there and do the rest. The exit code is 1 if
anything fails. `--seed` chooses the samples; what a fault hits depends on the threads, too.

Needs gcc and the binary (LEDGER_BINARY, else .build/debug/ledger); the folder is made where TMPDIR
says, else in /dev/shm.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True

import forgetting  # noqa: E402
import scenarios  # noqa: E402
from images import Cuts, read_journal, snapshot  # noqa: E402
from ledger import Ledger, Lost, copy  # noqa: E402

HERE = Path(__file__).resolve().parent
QUICK_SECONDS = 34
FAULTS = [(name, always) for name in ("EIO", "ENOSPC") for always in ("0", "1")] + [("EINTR", "0")]


class Trial:
    """One scenario with its journal, and what was tried on it."""

    def __init__(self, scenario, options, folder):
        self.scenario, self.options, self.deadline = scenario, options, None
        self.folder = os.path.join(folder, scenario.name.replace(" ", "-").replace(",", ""))
        self.chance = random.Random(f"{options.seed} {scenario.name}")
        self.count = dict(calls=0, kills=0, twice=0, failures=0, images=0, states=0)
        self.lost = []
        self.prepare()

    def ledger(self, name):
        return Ledger(self.options.binary, self.options.library, f"{self.folder}/{name}/ledger")

    def prepare(self):
        os.makedirs(f"{self.folder}/base")
        base = self.ledger("base")
        self.scenario.prepare(base)
        if os.path.exists(base.folder):
            self.scenario.base_events = base.events()
        self.fresh("journal")
        before = snapshot(f"{self.folder}/journal")
        log = f"{self.folder}/journal.log"
        result = self.scenario.run(self.ledger("journal"), {"LEDGER_FAULT_LOG": log})
        if result.code != 0:
            raise Lost(f"{self.scenario.name} fails without faults: {result.err}")
        entries = read_journal(log)
        self.count["calls"] = sum(1 for entry in entries if entry.kind != "A")
        self.cuts = Cuts(entries, f"{self.folder}/journal", before)
        self.compare_with_disk()

    def compare_with_disk(self):
        """A journal from which a file cannot be made again misses a call, and proves nothing."""
        made = self.cuts.files(self.cuts.whole())
        found = snapshot(f"{self.folder}/journal")
        if made.keys() != found.keys():
            raise Lost(f"the journal misses files: {sorted(made.keys() ^ found.keys())}")
        for name, data in found.items():
            counts = name.endswith((".run", "data.mdb", ".key")) or "/keys/" in name
            if counts and made[name] != data:
                raise Lost(f"the journal misses writes to {name}")

    def fresh(self, name):
        copy(f"{self.folder}/base", f"{self.folder}/{name}")
        return self.ledger(name)

    def points(self):
        """The calls to try: all of them, or a sample."""
        every = range(1, self.count["calls"] + 1)
        some = self.options.calls
        return every if not some or some >= len(every) else self.chance.sample(every, some)

    def is_late(self, done):
        return self.deadline and done >= 2 and time.monotonic() > self.deadline

    def attempt(self, what, body):
        try:
            body()
        except Lost as error:
            self.lost.append(f"{self.scenario.name}, {what}: {error}")
            print(f"LOST {self.lost[-1]}", file=sys.stderr, flush=True)

    # What must hold afterwards

    def check(self, ledger, told, rebuilds_first, had_faults=False):
        scenario = self.scenario
        if not (isinstance(scenario, scenarios.Init) and self.is_unfinished(ledger, told)):
            scenario.check_log(ledger, told, had_faults)
            if rebuilds_first:
                ledger.rebuild()
        count = scenario.repeat(ledger, told)
        place = ledger.well(["append", "-"], [scenario.afterwards]).json()[0]
        if place.get("position") != count or place["duplicate"]:
            raise Lost(f"another append to {count} events answers {place}")
        ledger.verify()
        ledger.rebuild()

    @staticmethod
    def is_unfinished(ledger, told):
        """A ledger whose making was cut short may be none yet, unless it was told to be there."""
        result = ledger.run(["events"])
        if result.code == 0:
            return False
        if told or result.code not in (1, 66) or not result.err:
            raise Lost(f"after init: {result.code}, {result.err!r}")
        return True

    # Kills

    def kills(self):
        for at in self.points():
            if self.is_late(self.count["kills"]):
                return
            for after in ("0", "1"):
                self.attempt(f"killed {'after' if after == '1' else 'before'} call {at}",
                             lambda: self.kill(at, after))
        at = self.count["calls"]
        while not self.options.calls and self.kill(at + 1, "0"):
            at += 1

    def kill(self, at, after):
        ledger = self.fresh("killed")
        faults = {"LEDGER_FAULT_KILL_AT": str(at), "LEDGER_FAULT_AFTER": after}
        result = self.scenario.run(ledger, faults)
        self.count["kills"] += result.was_killed
        if self.chance.random() < 0.1:
            self.kill_again(result.lines)
        else:
            self.check(ledger, result.lines, at % 2 == 0)
        return result.was_killed

    def kill_again(self, told):
        """A second crash, while the first one is being recovered from by doing it again."""
        copy(f"{self.folder}/killed", f"{self.folder}/once")
        at = 1
        while True:
            copy(f"{self.folder}/once", f"{self.folder}/twice")
            ledger = self.ledger("twice")
            result = self.scenario.run(ledger, {"LEDGER_FAULT_KILL_AT": str(at)})
            self.count["twice"] += result.was_killed
            self.check(ledger, told if not result.lines else best(told, result.lines), at % 2 == 0)
            if not result.was_killed:
                return
            stride = self.count["calls"] // (2 if self.options.quick else 9)
            at += self.chance.randrange(1, 2 + stride)

    # Calls that fail

    def failures(self):
        points = [(at, *fault) for at in self.points() for fault in FAULTS]
        self.chance.shuffle(points)
        for at, name, always in points:
            if self.is_late(self.count["failures"]):
                return
            self.attempt(f"{name} {'from' if always == '1' else 'at'} call {at}",
                         lambda: self.fail(at, name, always))

    def fail(self, at, name, always):
        ledger = self.fresh("failed")
        result = self.scenario.run(ledger, {
            "LEDGER_FAULT_FAIL_AT": str(at), "LEDGER_FAULT_ERRNO": name,
            "LEDGER_FAULT_ALWAYS": always})
        self.count["failures"] += 1
        errors = [answer["error"] for answer in result.json() if "error" in answer]
        has_sentence = bool(result.err.strip()) or any(error["message"] for error in errors)
        if result.code not in (0, 1, 75) or (result.code != 0 and not has_sentence):
            raise Lost(f"ends with {result.code} and {result.err!r}")
        wanted = len(self.scenario.lines) if self.scenario.answers_each else 1
        if result.code == 0 and len(result.lines) != wanted:
            raise Lost(f"ends well with {len(result.lines)} of {wanted} answers")
        told = [] if self.scenario.name == "init" and result.code != 0 else result.lines
        self.check(ledger, told, at % 2 == 0, had_faults=True)

    # Power cuts

    def power_cuts(self):
        images = self.cuts.images(self.options.seed)
        self.count["images"] = len(images)
        for image in self.chance.sample(images, min(self.options.states, len(images))):
            if self.is_late(self.count["states"]):
                return
            self.attempt(f"power cut: {image}", lambda: self.cut(image))

    def cut(self, image):
        shutil.rmtree(f"{self.folder}/cut", ignore_errors=True)
        os.makedirs(f"{self.folder}/cut")
        ledger = self.ledger("cut")
        ledger.lost_power = True
        self.cuts.lay_out(image, f"{self.folder}/cut")
        self.count["states"] += 1
        self.check(ledger, self.cuts.told_at(image.cut), self.count["states"] % 2 == 0)


def best(before, now):
    """The longer of two lists of answers: both count from the first request."""
    return now if len(now) >= len(before) else before


def build(folder):
    library = os.path.join(folder, "faults.so")
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
               str(HERE / "faults.c"), "-ldl", "-lpthread"]
    subprocess.run(command, check=True)
    return library


def all_scenarios(quick):
    return [
        scenarios.Init(), scenarios.AppendSingly(10 if quick else 30), scenarios.AppendTogether(),
        scenarios.AppendFile(1200 if quick else 2500), scenarios.Ask(5 if quick else 10),
        scenarios.Report(8 if quick else 20), scenarios.PolicyApply(),
        scenarios.Flush(runs=0 if quick else 7), scenarios.Rebuild(),
        scenarios.Checkpoint(), scenarios.AcceptRollback(), scenarios.Backup(),
        scenarios.Restore(), *forgetting.all_forgetting(quick),
    ]


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a sample, in about half a minute")
    parser.add_argument("--only", metavar="NAME", action="append", default=[],
                        help="scenarios whose name begins so; may be repeated")
    parser.add_argument("--calls", type=int, metavar="N", help="calls a scenario (default: all)")
    parser.add_argument("--states", type=int, metavar="N", help="power cuts a scenario")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000,
                        help="of the samples (default: another one each time)")
    parser.add_argument("--keep", action="store_true", help="leave the folder as it is")
    options = parser.parse_args()
    options.states = options.states or (30 if options.quick else 500)
    options.calls = options.calls or (14 if options.quick else None)
    options.binary = os.path.abspath(
        os.environ.get("LEDGER_BINARY") or HERE.parent.parent / ".build/debug/ledger")
    if not os.access(options.binary, os.X_OK):
        parser.error(f"{options.binary} is not there; build it, or name it in LEDGER_BINARY")
    return options


def main():
    options = arguments()
    place = os.environ.get("TMPDIR") or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    folder = tempfile.mkdtemp(prefix="ledger-crash-", dir=place)
    began = time.monotonic()
    try:
        options.library = build(folder)
        names = tuple(options.only) or ""
        chosen = [s for s in all_scenarios(options.quick) if s.name.startswith(names)]
        print(f"seed {options.seed}")
        head = ["scenario", "calls", "kills", "twice", "failures", "images", "states", "lost"]
        print("{:22}".format(head[0]) + "".join(f"{word:>10}" for word in head[1:]))
        total, lost = {}, []
        for number, scenario in enumerate(chosen, 1):
            trial = Trial(scenario, options, folder)
            end = began + QUICK_SECONDS * number / len(chosen)
            left = max(0, end - time.monotonic())
            for part, step in enumerate((trial.kills, trial.power_cuts, trial.failures)):
                trial.deadline = end - left * (2 - part) / 3 if options.quick else None
                step()
            show(scenario.name, trial.count, trial.lost)
            lost += trial.lost
            for name, value in trial.count.items():
                total[name] = total.get(name, 0) + value
            if not options.keep:
                shutil.rmtree(trial.folder)
        show("all", total, lost)
        print(f"in {time.monotonic() - began:.0f} s")
        return 1 if lost else 0
    finally:
        if options.keep:
            print(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def show(name, count, lost):
    print(f"{name:22}" + "".join(f"{n:10}" for n in [*count.values(), len(lost)]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
