"""Runs the binary with faults, and checks what a ledger holds afterwards."""

import json
import os
import shutil
import signal
import subprocess

SECONDS = 60


class Lost(Exception):
    """Something that the ledger promised does not hold: a sentence."""


class Result:
    """What a run left behind: exit code, whole lines of stdout, stderr."""

    def __init__(self, code, out, err):
        self.code = code
        self.lines = whole_lines(out)
        self.err = err

    @property
    def was_killed(self):
        return self.code == -signal.SIGKILL

    def json(self):
        return [json.loads(line) for line in self.lines]


def whole_lines(out):
    """A process that dies may leave half a line, which acknowledges nothing."""
    return out.decode().split("\n")[:-1]


class Ledger:
    """The binary, on one ledger."""

    def __init__(self, binary, library, folder):
        self.lost_power = False
        self.binary = binary
        self.library = library
        self.folder = folder

    def run(self, words, lines=(), faults=None, one_by_one=False):
        """Runs a verb to its end; `one_by_one` sends a line when the one before is answered."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LEDGER_")}
        # Without faults it only makes the images of a ledger look like the ledger.
        if self.library:
            environment.update(LD_PRELOAD=self.library)
        if faults:
            environment.update(LEDGER_FAULT_UNDER=os.path.dirname(self.folder), **faults)
        command = [self.binary, "--ledger", self.folder, *words]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment)
        try:
            out = converse(process, lines) if one_by_one else b""
            text = b"" if one_by_one else "".join(line + "\n" for line in lines).encode()
            rest, err = process.communicate(text or None, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Lost(f"`{' '.join(words)}` did not end within {SECONDS} seconds") from None
        result = Result(process.returncode, out + rest, err.decode())
        if result.code < 0 and not (result.was_killed and faults):
            name = signal.Signals(-result.code).name
            raise Lost(f"`{' '.join(words)}` died of {name}: {result.err[:500]}")
        return result

    def well(self, words, lines=(), one_by_one=False):
        """Runs a verb that must do its work."""
        result = self.run(words, lines, one_by_one=one_by_one)
        if result.code != 0:
            raise Lost(f"`{' '.join(words)}` answers {result.code}: {result.err.strip()}")
        return result

    def events(self):
        return self.well(["events", "--json"]).lines

    def verify(self):
        found = self.well(["verify", "--json"]).json()[0]
        if found["faults"]:
            raise Lost(f"verify finds {found['faults']}")

    def rebuild(self):
        found = self.well(["rebuild", "--json"]).json()[0]
        if found["differing"]:
            raise Lost(f"rebuild finds rows that differ: {found}")


def converse(process, lines):
    """Sends lines one by one; what a process that has died did not read is lost."""
    out = b""
    for line in lines:
        try:
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            break
        answer = process.stdout.readline()
        out += answer
        if not answer.endswith(b"\n"):
            break
    return out


def copy(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def acknowledged(scenario, lines):
    """Which of the things asked for were acknowledged, by number, with the position if it says."""
    found = {}
    for number, line in enumerate(lines):
        answer = json.loads(line)
        if scenario.answers_each:
            if "error" in answer:
                if not answer["error"].get("message"):
                    raise Lost(f"an error without a sentence: {line}")
            elif scenario.is_news(answer):
                found[number] = answer["position"]
        elif "error" not in answer and number == 0:
            # A file is told of as a whole: all of it is there, whoever appended it.
            for one in range(len(scenario.expected)):
                found[one] = answer.get("position", len(scenario.base_events) + one)
            first = found[0] if found else None
            if answer.get("appended", 0) == len(found) > 0 and answer["first"] != first:
                raise Lost(f"what was appended from position {first} is told as {line}")
    return found


def check_log(scenario, lines, told, had_faults=False):
    """The log is what it was before and then what was asked for, in that order, nothing else.

    After a crash it is a prefix of that; only where calls failed and the process went on, single
    requests may be missing: those that it answered with an error.
    """
    base = scenario.base_events
    for place, line in enumerate(lines):
        if int(json.loads(line)["sequence"]) != place:
            raise Lost(f"position {place} holds {line[:300]}")
    if lines[:len(base)] != base:
        raise Lost("an event that was there before the run is gone or altered")
    got = acknowledged(scenario, told)
    at = 0
    for place, line in enumerate(lines[len(base):], len(base)):
        event = json.loads(line)
        if scenario.only_repeats(event):
            continue
        while at < len(scenario.expected) and not scenario.expected[at](event):
            if at in got or not had_faults:
                raise Lost(f"request {at} is missing before position {place}: {line[:300]}")
            at += 1
        if at == len(scenario.expected):
            raise Lost(f"position {place} holds what nobody asked for, or twice: {line[:300]}")
        if got.get(at, place) != place:
            raise Lost(f"request {at} was acknowledged at {got[at]} and stands at {place}")
        at += 1
    beyond = [one for one in got if one >= at]
    if beyond:
        raise Lost(f"request {beyond[0]} was acknowledged at {got[beyond[0]]} and is lost")
    added = len(lines) - len(base)
    if scenario.batch and not had_faults and added % scenario.batch not in (
            0, len(scenario.expected) % scenario.batch):
        raise Lost(f"{added} events of batches of {scenario.batch}: half a batch")


def check_whole(scenario, lines, told):
    """All that was asked for is there, once each, and nothing else; answers name their places.

    The order is that of the last try: a request that was answered with an error comes later.
    """
    base = scenario.base_events
    if lines[:len(base)] != base:
        raise Lost("an event that was there before the run is gone or altered")
    told_of = [(place, json.loads(line)) for place, line in enumerate(lines[len(base):], len(base))]
    new = {place: event for place, event in told_of if not scenario.only_repeats(event)}
    if len(new) != len(scenario.expected):
        raise Lost(f"doing it again leaves {len(new)} events, asked for {len(scenario.expected)}")
    got = acknowledged(scenario, told)
    unclaimed = set(new)
    for number, matches in enumerate(scenario.expected):
        guess = got[number] if number in got else len(base) + number
        is_named = number in got or (guess in unclaimed and matches(new[guess]))
        places = [guess] if is_named else unclaimed
        place = next((p for p in places if p in unclaimed and matches(new[p])), None)
        if place is None:
            raise Lost(f"request {number} is not in the log, or not where it was acknowledged")
        unclaimed.remove(place)
