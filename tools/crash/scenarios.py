"""What the ledger is doing when the fault comes."""

import json
import os
import shutil
import subprocess
import time

from ledger import Lost, check_log, check_whole

POLICY = "rate_limits:\n  messages_per_minute: 1000\nreservations:\n  lease: 3600\n"
WHO = ["--by", "crash", "--why", "fault test"]


def event(number, name="e"):
    """An event; of the first, every seventh takes pages of its own."""
    size = 5000 if number % 7 == 6 and number < 200 else 37 * number % 400
    return {
        "specversion": "1.0", "id": f"{name}{number}", "source": "crash/1",
        "type": "message.received", "subject": f"DR{number % 11}",
        "time": f"2025-10-01T14:{number // 60 % 60:02d}:{number % 60:02d}.125Z",
        "data": {"account": "+27000000001", "chat": "crash@g.us",
                 "person": f"+2700000{number % 97}", "message": f"{name}-m{number}",
                 "text": f"{number} " + "x" * size},
    }


def is_event(wanted):
    def matches(found):
        return all(found.get(name) == value for name, value in wanted.items())
    return matches


def text(value):
    return json.dumps(value, separators=(",", ":"))


class Scenario:
    """One verb, what must stand in the log when it is done, and how to do it again."""

    name = "?"
    words: list = []
    lines: list = []
    one_by_one = False
    #: Whether stdout holds one answer for each request; else its first line answers for all.
    answers_each = True
    #: Events of one commit that come together or not at all; 0 where that cannot be said.
    batch = 0
    #: Whether doing it again adds nothing.
    is_repeatable = True
    is_development = False

    @staticmethod
    def is_news(answer):
        """Whether an answer names the place of what was asked for, and not of what came of asking
        for it a second time."""
        return True

    @staticmethod
    def only_repeats(found):
        """Whether an event tells only that something was asked for a second time."""
        return False

    #: An event that nobody asked for yet; its time is not after that of a driven clock.
    @property
    def afterwards(self):
        one = event(999_999, "afterwards")
        if self.is_development:
            one["time"] = "1970-01-01T00:00:00Z"
        return text(one)

    def __init__(self):
        self.expected = []
        self.base_events = []

    def prepare(self, ledger):
        """Makes the ledger as it is before the verb."""
        more = ["--development"] if self.is_development else []
        ledger.well(["init", "--name", "crash.example/ledger", "--quiet", *more])

    def run(self, ledger, faults=None):
        return ledger.run(self.words, self.lines, faults, self.one_by_one)

    def check_log(self, ledger, told, had_faults=False):
        """The log as a fresh process finds it after the fault."""
        check_log(self, ledger.events(), told, had_faults)

    def repeat(self, ledger, told):
        """A fresh process does it again: what was there is answered, the rest is done.

        Answers how many events there are then.
        """
        again = self.run(ledger)
        if again.code != 0:
            raise Lost(f"doing it again answers {again.code}: {again.err.strip()}")
        lines = ledger.events()
        if self.is_repeatable:
            check_whole(self, lines, again.lines)
        self.compare(told, again.lines)
        return len(lines)

    def compare(self, told, again):
        """Compares what was answered before the fault with what is answered now."""


class Init(Scenario):
    name = "init"
    words = ["init", "--name", "crash.example/ledger", "--json"]
    answers_each = False

    def prepare(self, ledger):
        pass

    def repeat(self, ledger, told):
        again = self.run(ledger)
        error = again.json()[0].get("error", {})
        if ledger.lost_power and not told and error.get("code") == "damaged":
            # Half of LMDB's first two pages: the ledger cannot know that nothing was lost with
            # them, says so, and leaves the folder to whoever made it a moment ago.
            shutil.rmtree(ledger.folder)
            again = self.run(ledger)
        if again.code != 0 and error.get("code") != "exists":
            raise Lost(f"init again answers {again.code}: {again.lines} {again.err.strip()}")
        return ledger.well(["append", "-"], [text(event(0))]).json()[0]["position"] + 1


class AppendSingly(Scenario):
    name = "append, one by one"
    words = ["append", "-"]
    one_by_one = True

    def __init__(self, count=30):
        super().__init__()
        events = [event(number) for number in range(count)]
        self.lines = [text(one) for one in events]
        self.expected = [is_event(one) for one in events]


class AppendTogether(AppendSingly):
    name = "append, many waiting"
    one_by_one = False

    def __init__(self, count=150):
        super().__init__(count)


class AppendFile(Scenario):
    name = "append, a file"
    answers_each = False
    batch = 1000

    def __init__(self, count=2500):
        super().__init__()
        self.events = [event(number) for number in range(count)]
        self.expected = [is_event(one) for one in self.events]

    def prepare(self, ledger):
        super().prepare(ledger)
        path = os.path.join(os.path.dirname(os.path.dirname(ledger.folder)), "events.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(text(one) + "\n" for one in self.events)
        self.words = ["append", path, "--json"]

    def repeat(self, ledger, told):
        again = ledger.well(self.words).json()[0]
        if again["appended"] + again["duplicates"] != len(self.expected):
            raise Lost(f"the file again: {again}")
        lines = ledger.events()
        check_whole(self, lines, [])
        return len(lines)


def with_policy(ledger):
    path = os.path.join(os.path.dirname(os.path.dirname(ledger.folder)), "policy.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(POLICY)
    return ["policy", "apply", path, *WHO, "--json"]


class Ask(Scenario):
    name = "ask"
    words = ["ask", "-"]
    one_by_one = True
    is_development = True

    def __init__(self, count):
        super().__init__()
        self.lines = [
            text({"key": f"k{n}", "attempt": f"a{n}", "account": "a", "chat": "crash@g.us", "subject": f"DR{n}",
                  "steps": ["x"], "submission": 1, "text": f"message {n}"}) for n in range(count)]
        self.expected = [self._holds(n) for n in range(count)]

    @staticmethod
    def _holds(number):
        return lambda found: (found["type"] == "send.reserved"
                              and found["data"]["key"] == f"k{number}"
                              and found["data"]["text"] == f"message {number}")

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(with_policy(ledger))

    @staticmethod
    def is_news(answer):
        return answer["verdict"] == "send"

    @staticmethod
    def only_repeats(found):
        # The same attempt again waits for what becomes of the first.
        return found["type"] == "send.refused"

    def compare(self, told, again):
        for before, now in zip(told, again):
            before, now = json.loads(before), json.loads(now)
            if "error" not in before and before["verdict"] == "send":
                if now.get("code") != "in_progress":
                    raise Lost(f"{before['reservation']} was granted, and now it is {now}")


class Report(Scenario):
    name = "report"
    words = ["report", "-"]
    one_by_one = True
    is_development = True

    def __init__(self, count):
        super().__init__()
        self.count = count

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(with_policy(ledger))
        asked = ledger.well(["ask", "-"], Ask(self.count).lines).json()
        self.lines, self.expected = [], []
        for number, answer in enumerate(asked):
            # One each: an attempt that is reported after its outcome adds nothing.
            outcome = ("attempted", "accepted", "failed", "cancelled")[number % 4]
            self.lines.append(text({"reservation": answer["reservation"], "outcome": outcome,
                                    "attempt": answer["attempt"]}))
            self.expected.append(self._tells(answer["reservation"], f"send.{outcome}"))

    @staticmethod
    def _tells(reservation, kind):
        return lambda found: (found["type"] == kind
                              and found["data"]["reservation"] == reservation)

    @staticmethod
    def is_news(answer):
        return answer.get("go", True)

    @staticmethod
    def only_repeats(found):
        # Only the first attempt may go.
        return found["type"] == "send.attempted" and not found["data"]["go"]


class PolicyApply(Scenario):
    name = "policy apply"
    answers_each = False
    is_repeatable = False

    def __init__(self):
        super().__init__()
        self.expected = [
            lambda found: found["type"] == "policy.changed" and found["data"]["text"] == POLICY]

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], AppendSingly(20).lines)
        self.words = with_policy(ledger)


class Flush(AppendFile):
    """A tail of 4,096 events goes to disk at the end; with seven `runs` there, they are merged."""

    name = "flush of the views"

    def __init__(self, runs):
        super().__init__(4096)
        self.runs = runs

    def prepare(self, ledger):
        super().prepare(ledger)
        for run in range(self.runs):
            idle_flush(ledger, [text(event(number, f"r{run}-")) for number in range(260)])


def idle_flush(ledger, lines):
    """Appends and lets the process live until it has been idle for a second, and flushes."""
    process = subprocess.Popen(
        [ledger.binary, "--ledger", ledger.folder, "append", "-"], stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL)
    process.stdin.write("".join(line + "\n" for line in lines).encode())
    process.stdin.flush()
    time.sleep(1.5)
    process.stdin.close()
    process.wait()


class Rebuild(Scenario):
    name = "rebuild"
    words = ["rebuild", "--json"]
    answers_each = False

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], AppendSingly(300).lines)


class Checkpoint(Scenario):
    """Signs a log that has grown since it was last signed; nothing is appended."""

    name = "checkpoint"
    words = ["checkpoint", "--json"]
    answers_each = False

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], AppendSingly(280).lines)
        ledger.well(self.words)
        ledger.well(["append", "-"], [text(event(number, "later")) for number in range(20)])

    def compare(self, told, again):
        """Of one size there is one root: the note is the same, for Ed25519 draws no lots."""
        for before, now in zip(told, again):
            before, now = json.loads(before), json.loads(now)
            if "error" not in before and before["note"] != now["note"]:
                raise Lost(f"{before['note']} became {now['note']}")


class AcceptRollback(Scenario):
    """A log that lost its end goes on under a new name."""

    name = "accept rollback"
    words = ["doctor", "--accept-rollback", *WHO, "--json"]
    answers_each = False
    is_repeatable = False

    def __init__(self):
        super().__init__()
        self.expected = [lambda found: (found["type"] == "alert.cleared"
                                        and found["data"]["code"] == "rollback")]

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], AppendSingly(40).lines)
        log, short = f"{ledger.folder}/log/data.mdb", beside(ledger, "short.mdb")
        shutil.copy(log, short)
        ledger.well(["append", "-"], [text(event(number, "lost")) for number in range(20)])
        ledger.well(["checkpoint"])
        shutil.move(short, log)
        shutil.rmtree(f"{ledger.folder}/views")

    def repeat(self, ledger, told):
        """It is accepted by now, or can be; then it is signed under its new name."""
        was_accepted = len(ledger.events()) > len(self.base_events)
        again = self.run(ledger)
        if (again.code == 0) == was_accepted:
            raise Lost(f"accepted {was_accepted}, and again: {again.code} {again.err.strip()}")
        signed = ledger.well(["checkpoint", "--json"]).json()[0]
        if not signed["origin"].startswith("crash.example/ledger~2-"):
            raise Lost(f"it signs as {signed['origin']}")
        return len(ledger.events())


def beside(ledger, name):
    return os.path.join(os.path.dirname(ledger.folder), name)


class Backup(Scenario):
    name = "backup"
    answers_each = False
    is_repeatable = False

    def __init__(self):
        super().__init__()
        self.expected = [lambda found: (found["type"] == "export.made"
                                        and found["data"]["format"] == "backup")]

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], AppendSingly(100).lines)

    def run(self, ledger, faults=None):
        return ledger.run(["backup", beside(ledger, "backup"), "--json"], faults=faults)

    def repeat(self, ledger, told):
        """What lies there is whole, or refused; and it is whole where it was told of."""
        path, target = beside(ledger, "backup"), beside(ledger, "restored")
        was_told = bool(told) and "error" not in json.loads(told[0])
        restore(ledger, path, target, self.base_events, must=was_told)
        shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(target, ignore_errors=True)
        count = super().repeat(ledger, told)
        restore(ledger, path, target, self.base_events, must=True)
        return count


class Restore(Scenario):
    name = "restore"
    answers_each = False

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], AppendSingly(100).lines)
        ledger.well(["backup", beside(ledger, "backup")])

    def run(self, ledger, faults=None):
        words = ["restore", beside(ledger, "backup"), beside(ledger, "restored"), "--json"]
        return ledger.run(words, faults=faults)

    def repeat(self, ledger, told):
        """What lies there is a whole ledger, or refused; it is whole where it was told of."""
        target = beside(ledger, "restored")
        was_told = bool(told) and "error" not in json.loads(told[0])
        if not is_whole(ledger, target, self.base_events[:-1]):
            if was_told:
                raise Lost("a ledger that was restored is refused")
            shutil.rmtree(target, ignore_errors=True)
            again = self.run(ledger)
            if again.code != 0:
                raise Lost(f"restoring again answers {again.code}: {again.err.strip()}")
            if not is_whole(ledger, target, self.base_events[:-1]):
                raise Lost("a ledger that was restored again is refused")
        return len(ledger.events())


def restore(ledger, path, target, events, must):
    """Restores a backup, which is refused with a sentence unless it is whole."""
    result = ledger.run(["restore", path, target, "--json"])
    if result.code == 0:
        if not is_whole(ledger, target, events):
            raise Lost("what was restored from a backup is refused")
    elif must:
        raise Lost(f"a backup that was made is refused: {result.err.strip()}")
    elif result.code not in (1, 66) or not has_sentence(result):
        raise Lost(f"half a backup is answered {result.code}: {result.err!r}")


def has_sentence(result):
    return bool(result.err.strip()) or any(
        answer.get("error", {}).get("message") for answer in result.json())


def is_whole(ledger, folder, events):
    """Whether a folder opens; then it must begin with these events and end with its own."""
    other = type(ledger)(ledger.binary, ledger.library, folder)
    result = other.run(["events", "--json"])
    if result.code != 0:
        if result.code not in (1, 66) or not has_sentence(result):
            raise Lost(f"half a ledger is answered {result.code}: {result.err!r}")
        return False
    lines = result.lines
    if lines[:len(events)] != events or len(lines) <= len(events):
        raise Lost(f"{len(lines)} events were restored from {len(events)}")
    if json.loads(lines[-1])["data"].get("code") != "restore":
        raise Lost(f"a restored ledger ends with {lines[-1]}")
    other.verify()
    return True
