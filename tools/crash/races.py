#!/usr/bin/env python3
"""Races of senders with one key, which are killed and delivered again.

    races.py --races 200        as the tests do; 10,000 before a release
    races.py --seed 7 --ledger DIR --json

In each race one message is delivered to 2 to 8 senders at once. A sender is a process that keeps
`ledger ask -` and `ledger report -` open and does what README says. Some are killed (-9) with all
that they started, at a random moment or at a step of theirs; of some only a co-process is killed,
so that an answer is lost; some stand still until their lease is over. Then the message is delivered
again until it is done. The provider is a file, appended under flock. It must see each key at most
once, and exactly once where nobody died between sending `attempted` and hearing of the outcome.
Afterwards `verify` and `replay` must find nothing: no double, and each decision comes out again.

The exit code is 1 if anything fails. `--seed` chooses who dies where; what comes of it depends on
the machine, too. Needs the binary (LEDGER_BINARY, else .build/debug/ledger); without --ledger the
folder is made where TMPDIR says, else in /dev/shm, and removed at the end.
"""

import argparse
import fcntl
import heapq
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.dont_write_bytecode = True

from ledger import Ledger, Lost  # noqa: E402

HERE = Path(__file__).resolve().parent
POLICY = "rate_limits: {messages_per_minute: 2}\nreservations: {lease: 30}\n"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
#: Where a sender may die or stand still by itself.
STEPS = ["asked", "attempting", "going", "called", "accepted"]
SENDERS = 8
#: Nobody waits longer for one sender.
PATIENCE = 60


def instant(race, seconds):
    """The clock of a race: each has 400 seconds of its own."""
    time = START + timedelta(seconds=400 * race + seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def append(path, text):
    """One line, whole, whoever else writes."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    os.write(file, text.encode())
    os.close(file)


# The sender: a process of its own


class Sender:
    """Sends what it is told to, as README says: at most once, whoever else was told the same."""

    def __init__(self, binary, folder):
        self.command = [binary, "--ledger", f"{folder}/ledger"]
        self.provider, self.notes = f"{folder}/provider", f"{folder}/notes"
        self.tries = 0
        self.verbs = {name: self.start(name) for name in ("ask", "report")}

    def start(self, name):
        return subprocess.Popen(
            [*self.command, name, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)

    def call(self, name, line):
        """The answer, or None where the co-process died: then nobody knows what it did."""
        verb = self.verbs[name]
        try:
            verb.stdin.write(json.dumps(line).encode() + b"\n")
            verb.stdin.flush()
            answer = verb.stdout.readline()
        except BrokenPipeError:
            answer = b""
        if answer.endswith(b"\n"):
            return json.loads(answer)
        verb.kill()
        verb.wait()
        self.verbs[name] = self.start(name)
        return None

    def surely(self, name, line):
        """Says it until it is answered."""
        while True:
            answer = self.call(name, line)
            if answer is not None and answer.get("error", {}).get("code") != "busy":
                return answer

    def note(self, race, word, attempt):
        append(self.notes, f"{race} {word} {attempt}\n")

    def deliver(self, task):
        """One delivery of a message; answers how it ended."""
        race, said = task["race"], dict(end="", joined=0, denied=0, lost=0)
        while not said["end"]:
            self.tries += 1
            attempt = f"{os.getpid()}-{self.tries}"
            answer = self.call("ask", task["request"] | {"attempt": attempt, "now": task["now"]})
            if answer is None:
                said["lost"] += 1
            elif "error" in answer:
                said["end"] = answer["error"]["code"]
            elif answer["verdict"] != "send":
                said["end"] = answer.get("code") or answer["verdict"]
            else:
                said["joined"] += answer.get("replayed", False)
                self.send(task, race, answer["reservation"], attempt, said)
        return said

    def send(self, task, race, reservation, attempt, said):
        told = {"reservation": reservation, "attempt": attempt}
        self.step(task, "asked")
        self.note(race, "begins", attempt)
        self.step(task, "attempting")
        answer = self.call("report", told | {"outcome": "attempted"})
        if answer is None or not answer.get("go"):
            said["lost" if answer is None else "denied"] += 1
            self.surely("report", told | {"outcome": "cancelled"})
            self.note(race, "ends", attempt)
            return
        self.step(task, "going")
        append(self.provider, f"{race} {attempt}\n")
        self.step(task, "called")
        report = told | {"outcome": "accepted", "message": f"wamid.{race}.{attempt}"}
        answer = self.surely("report", report)
        if "error" in answer:
            said["end"] = answer["error"]["code"]
            return
        self.note(race, "ends", attempt)
        self.step(task, "accepted")
        said["end"] = "sent"

    def step(self, task, name):
        if task.get("step") != name:
            return
        if task["fate"] == "stand":
            task.pop("step")
            os.kill(os.getpid(), signal.SIGSTOP)
        else:
            os.killpg(0, signal.SIGKILL)


class Worker:
    """A sender's process, as the driver sees it."""

    ours = set()

    def __init__(self, binary, folder):
        tell_read, self.tell = os.pipe()
        self.hear, hear_write = os.pipe()
        self.ours |= {self.tell, self.hear}
        self.is_stopped, self.text = False, b""
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                for descriptor in self.ours:
                    os.close(descriptor)
                serve(Sender(binary, folder), tell_read, hear_write)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        os.close(tell_read)
        os.close(hear_write)
        self.listen()

    def begin(self, task):
        os.write(self.tell, json.dumps(task).encode() + b"\n")

    def listen(self):
        """Reads one answer; None where the process died."""
        while not self.text.endswith(b"\n"):
            part = os.read(self.hear, 65536)
            if not part:
                self.bury()
                return None
            self.text += part
        answer, self.text = json.loads(self.text), b""
        return answer

    def co_processes(self):
        """The ids of its co-processes."""
        try:
            text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except OSError:
            return []
        return [int(word) for word in text.split()]

    def kill(self):
        """Kills it with all that it started, and waits for its death."""
        os.killpg(self.pid, signal.SIGKILL)
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    @property
    def is_dead(self):
        flags = os.WEXITED | os.WNOWAIT | os.WNOHANG
        return self.pid is None or os.waitid(os.P_PID, self.pid, flags) is not None

    def bury(self):
        os.waitpid(self.pid, 0)
        self.pid = None
        for descriptor in (self.tell, self.hear):
            os.close(descriptor)
            self.ours.discard(descriptor)


def serve(sender, source, sink):
    """Delivers each message that the driver hands out."""
    os.write(sink, b"{}\n")
    with os.fdopen(source) as tasks:
        for line in tasks:
            os.write(sink, json.dumps(sender.deliver(json.loads(line))).encode() + b"\n")
    os.killpg(0, signal.SIGKILL)


# The driver


class Races:
    """Races one after the other, by senders that are started anew where they died."""

    def __init__(self, options, folder):
        self.binary, self.folder = options.binary, folder
        self.chance = random.Random(options.seed)
        self.workers = [None] * SENDERS
        self.ends = {}
        self.count = dict.fromkeys(
            ["races", "deliveries", "killed", "answers lost", "stood still", "joined", "denied",
             "sent", "unknown"], 0)
        self.length = 0.02

    def worker(self, number):
        worker = self.workers[number]
        if worker is None or worker.is_dead:
            if worker is not None and worker.pid is not None:
                worker.bury()
            worker = self.workers[number] = Worker(self.binary, self.folder)
        return worker

    def race(self, number):
        """One message, from its first deliveries to its end."""
        self.count["races"] += 1
        racers = self.chance.sample(range(SENDERS), self.chance.randrange(2, SENDERS + 1))
        began = time.monotonic()
        standing, ends = self.deliver(number, racers, 0, 0.3)
        self.length += (time.monotonic() - began - self.length) / 50
        for turn in range(1, 8):
            is_last = turn == 7
            again = self.chance.sample(
                [one for one in range(SENDERS) if one not in standing],
                1 if is_last or self.chance.random() < 0.7 else 2)
            more, later = self.deliver(number, again, 40 * turn, 0 if is_last else 0.1)
            standing, ends = standing | more, ends + later
            if any(end in ("sent", "already_sent", "outcome_unknown") for end in later):
                break
        # Those that stood still go on, long after their lease; they must send nothing more.
        if standing:
            for one in standing:
                os.killpg(self.workers[one].pid, signal.SIGCONT)
            ends += self.hear(standing, [])[1]
        _, final = self.deliver(number, [self.chance.randrange(SENDERS)], 360, 0)
        self.ends[number] = final[0]
        wrong = set(ends + final) - {
            "sent", "already_sent", "outcome_unknown", "in_progress", "died", "stands"}
        if wrong:
            raise Lost(f"race {number}: a delivery ended with {sorted(wrong)}")

    def deliver(self, race, numbers, seconds, risk):
        """Delivers a message to senders at once; answers who stands still, and how each ended."""
        request = {"key": f"task-{race}", "account": "+27110000001", "subject": f"DR{race:07}",
                   "chat": "120363000000000001@g.us", "steps": ["photo"], "submission": 1,
                   "text": f"message {race}"}
        workers = [self.worker(number) for number in numbers]
        blows = []
        for worker in workers:
            task = {"race": race, "request": request, "now": instant(race, seconds)}
            if self.chance.random() < risk:
                fate = self.chance.choice(["step", "step", "kill", "kill", "answer", "stand"])
                if fate == "stand":
                    task |= {"fate": fate, "step": self.chance.choice(STEPS[:2])}
                elif fate == "step":
                    task |= {"fate": fate, "step": self.chance.choice(STEPS)}
                else:
                    at = time.monotonic() + self.chance.random() * 1.5 * self.length
                    heapq.heappush(blows, (at, worker.pid, fate, worker))
            self.count["deliveries"] += 1
            worker.begin(task)
        return self.hear(numbers, blows)

    def hear(self, numbers, blows):
        """Waits until each has ended, died or stands still, and kills whose moment has come."""
        waiting, standing, ends = set(numbers), set(), []
        end = time.monotonic() + PATIENCE
        while waiting:
            now = time.monotonic()
            if now > end:
                raise Lost(f"a sender did not end within {PATIENCE} s")
            while blows and blows[0][0] <= now:
                self.strike(*heapq.heappop(blows)[2:])
            hears = {self.workers[one].hear: one for one in waiting}
            pause = min(0.02, max(0, blows[0][0] - now) if blows else 0.02)
            ready, _, _ = select.select(list(hears), [], [], pause)
            for one in [hears[descriptor] for descriptor in ready]:
                waiting.discard(one)
                ends.append(self.learn(self.workers[one].listen()))
            if not ready:
                stopped = {one for one in waiting if is_stopped(self.workers[one].pid)}
                self.count["stood still"] += len(stopped)
                waiting, standing = waiting - stopped, standing | stopped
                ends += ["stands"] * len(stopped)
        return standing, ends

    def strike(self, fate, worker):
        if worker.is_dead or is_stopped(worker.pid):
            return
        if fate == "kill":
            worker.kill()
        elif children := worker.co_processes():
            os.kill(self.chance.choice(children), signal.SIGKILL)

    def learn(self, said):
        if said is None:
            self.count["killed"] += 1
            return "died"
        self.count["answers lost"] += said["lost"]
        self.count["joined"] += said["joined"]
        self.count["denied"] += said["denied"]
        return said["end"]

    def close(self):
        for worker in self.workers:
            if worker is not None and worker.pid is not None:
                worker.kill()
                worker.bury()

    # What must hold

    def check(self):
        """The provider saw each key at most once, and once where it had to."""
        seen, open_tries = {}, {}
        for line in lines(f"{self.folder}/provider"):
            race, attempt = line.split()
            seen.setdefault(int(race), []).append(attempt)
        for line in lines(f"{self.folder}/notes"):
            race, word, attempt = line.split()
            tries = open_tries.setdefault(int(race), set())
            tries.add(attempt) if word == "begins" else tries.discard(attempt)
        for race, end in self.ends.items():
            count = len(seen.get(race, []))
            if count > 1:
                raise Lost(f"race {race} was sent {count} times, by {seen[race]}")
            if end == "already_sent" and count == 0:
                raise Lost(f"race {race} was accepted, and the provider never saw it")
            # Who died in between may have sent it, or not: then nobody may send it again.
            if count == 0 and not open_tries.get(race):
                raise Lost(f"race {race} was never sent ({end}), and nobody died on the way")
            if end not in ("already_sent", "outcome_unknown"):
                raise Lost(f"race {race} ended with {end}")
            if end == "outcome_unknown" and not open_tries.get(race):
                raise Lost(f"race {race} is unknown, and nobody died on the way")
            self.count["sent"] += count
            self.count["unknown"] += end == "outcome_unknown"

    def check_ledger(self, ledger):
        """What the ledger tells of it."""
        ledger.verify()
        story = ledger.well(["replay", "--from", "@0", "--json", "--quiet"]).json()[0]
        if story["doubles"] or story["recorded"]["different"]:
            raise Lost(f"replay finds {story['doubles']}, {story['recorded']['different']}")
        stopped = sum(one["count"] for one in story["stopped"])
        if self.count["denied"] and not stopped:
            raise Lost(f"{self.count['denied']} tries were denied, and replay tells of none")
        granted = ledger.well(["events", "--json", "--type", "send.attempted"]).json()
        went = [one["data"]["reservation"] for one in granted if one["data"]["go"]]
        if len(went) != len(set(went)):
            raise Lost("go: true was answered twice for one reservation")


def lines(path):
    return Path(path).read_text().splitlines() if os.path.exists(path) else []


def is_stopped(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--races", type=int, default=10_000, metavar="N", help="how many")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000,
                        help="of who dies where (default: another one each time)")
    parser.add_argument("--ledger", metavar="DIR",
                        help="a new folder for the ledger, the provider's file and the notes; kept")
    parser.add_argument("--json", action="store_true", help="the numbers as one line of JSON")
    options = parser.parse_args()
    options.binary = os.path.abspath(
        os.environ.get("LEDGER_BINARY") or HERE.parent.parent / ".build/debug/ledger")
    if not os.access(options.binary, os.X_OK):
        parser.error(f"{options.binary} is not there; build it, or name it in LEDGER_BINARY")
    return options


def main():
    options = arguments()
    place = os.environ.get("TMPDIR") or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    folder = options.ledger or tempfile.mkdtemp(prefix="ledger-races-", dir=place)
    os.makedirs(folder, exist_ok=True)
    for name in [name for name in os.environ if name.startswith("LEDGER_")]:
        del os.environ[name]
    began = time.monotonic()
    races = Races(options, folder)
    try:
        ledger = Ledger(options.binary, None, f"{folder}/ledger")
        ledger.well(["init", "--development", "--name", "example.org/races", "--quiet"])
        Path(f"{folder}/policy.yaml").write_text(POLICY)
        ledger.well(["policy", "apply", f"{folder}/policy.yaml", "--by", "races", "--why", "races",
                     "--now", instant(0, 0)])
        for number in range(options.races):
            races.race(number)
        races.close()
        races.check()
        races.check_ledger(ledger)
    except Lost as error:
        print(f"LOST {error} (seed {options.seed})", file=sys.stderr)
        return 1
    finally:
        races.close()
        if not options.ledger:
            shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps(races.count))
    else:
        told = ", ".join(f"{name} {number}" for name, number in races.count.items())
        print(f"{told}; nothing sent twice, in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
