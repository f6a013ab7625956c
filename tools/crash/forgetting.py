"""What the ledger is forgetting when the fault comes: erasures, retentions, rotations, new keys.

The master key lies beside the ledger's folder, so it is copied, cut and checked with it.
"""

import base64
import json
import os
import time
from pathlib import Path

from ledger import Lost
from scenarios import WHO, AppendSingly, Scenario, event, is_event, text

ALIAS = "+27820000001"
SLOTS_AT = 8192 + (1 << 20)
SLOT = 128


def personal(number, alias, when="2025-10-01T14:00:00Z"):
    """A message whose every personal word is found by its alias's digits."""
    one = event(number, f"of{alias[1:]}-")
    one["time"] = when
    one["data"].update(person=alias, chat="crash@g.us", name=f"Name{alias[1:]}",
                       text=f"{number} secret of {alias[1:]}")
    return one


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def slots(ledger):
    """The slots of the vault's file that hold a key: kind, alias, id, wrapped key."""
    found = []
    for path in vaults(ledger):
        data = path.read_bytes()[SLOTS_AT:]
        for at in range(0, len(data) - SLOT + 1, SLOT):
            one = data[at:at + SLOT]
            if one[0] == 1:
                found.append((one[1], one[8:24], one[24:40], one[40:100]))
    return found


def vaults(ledger):
    return sorted(Path(ledger.folder, "keys").glob("vault-*"))


def refuse_bytes(ledger, parts, what):
    """No file of the folder, nor the key beside it, holds any of these bytes."""
    root = os.path.dirname(ledger.folder)
    for folder, _, names in os.walk(root):
        for name in names:
            data = Path(folder, name).read_bytes()
            for part in parts:
                if part in data:
                    raise Lost(f"{what} stands in {os.path.join(folder, name)[len(root):]}")


def spellings(words):
    """Words as they may stand in a file: in clear, in base64 at each of three alignments."""
    found = []
    for word in words:
        found.append(word.encode())
        for shift in range(3):
            coded = base64.b64encode(b"x" * shift + word.encode())
            found.append(coded[4 if shift else 0:][:len(word) // 3 * 4 - 4])
    return found


class Forgetting(Scenario):
    """Persons are forgotten: of each, before and after a fault, all can be read or nothing."""

    answers_each = False
    is_repeatable = False
    aliases: list = []
    #: How many events of each person there are.
    each = 1

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], [text(one) for one in self.events()])
        self.owned = self.owned_positions(ledger)
        self.secrets = self.slots_of(ledger)
        self.round = 0

    def events(self):
        raise NotImplementedError

    def owned_positions(self, ledger):
        """Where the events of each person stand."""
        owned = {alias: [] for alias in self.aliases}
        for place, line in enumerate(ledger.events()):
            alias = json.loads(line)["data"].get("person")
            if alias in owned:
                owned[alias].append(place)
        return owned

    def slots_of(self, ledger):
        """Alias hash, id and wrapped key of the persons that are to be forgotten."""
        others = {bytes.fromhex(self.person(ledger, alias)) for alias in self.others()}
        return [one[1:] for one in slots(ledger) if one[0] == 1 and one[2] not in others]

    def others(self):
        """Aliases of persons that stay."""
        return []

    @staticmethod
    def person(ledger, alias):
        return ledger.well(["erase", alias, "--dry-run", "--json"]).json()[0]["person"]

    # What must hold

    def gone(self, lines):
        """The persons of whom nothing can be read; one of whom half can be read is an error."""
        gone = set()
        for alias, places in self.owned.items():
            same = [lines[place] == self.base_events[place] for place in places]
            if any(same) and not all(same):
                raise Lost(f"of {len(same)} events of {alias}, {sum(same)} can be read")
            if any(same):
                continue
            for place in places:
                if alias[1:] in lines[place] or "sealed" not in json.loads(lines[place]):
                    raise Lost(f"an event of one who was erased reads {lines[place][:300]}")
            gone.add(alias)
        return gone

    def check_events(self, lines, told, had_faults):
        """Others read as before; who was told to be forgotten is; nobody is recorded twice."""
        owned = {place for places in self.owned.values() for place in places}
        for place, line in enumerate(self.base_events):
            if place not in owned and lines[place] != line:
                raise Lost(f"position {place}, of somebody else, reads {lines[place][:300]}")
        new = [json.loads(line) for line in lines[len(self.base_events):]]
        ids = [one["id"] for one in new if one["type"] == "person.erased"]
        gone = self.gone(lines)
        if len(ids) != len(set(ids)):
            raise Lost("an erasure is recorded twice")
        if len(ids) > len(gone):
            raise Lost(f"{len(ids)} erasures are recorded, and {len(gone)} persons are gone")
        is_told = any("error" not in json.loads(line) for line in told[:1])
        if is_told and (len(gone) < len(self.aliases) or len(ids) < len(self.aliases)):
            raise Lost(f"told as done: {len(gone)} are gone, {len(ids)} are recorded")
        return gone, ids

    def check_settled(self, ledger):
        """After the next commit nothing is half done: what is gone is recorded, and listed."""
        lines = ledger.events()
        gone, ids = self.check_events(lines, [], False)
        keys = Path(ledger.folder, "keys")
        if len(ids) != len(gone):
            raise Lost(f"{len(gone)} persons are gone, {len(ids)} are recorded")
        if (keys / "erasing").exists():
            raise Lost("keys/erasing is there after the next commit")
        erasures = keys / "erasures"
        listed = erasures.read_text().splitlines() if erasures.exists() else []
        hashes = [line.split()[1] for line in listed]
        if len(hashes) != len(gone) or len(set(hashes)) != len(hashes):
            raise Lost(f"{len(gone)} persons are gone, keys/erasures has {listed}")
        for line in listed:
            place, alias = line.split()[:2]
            found = json.loads(lines[int(place)])
            secret = next((one for one in self.secrets if one[0].hex() == alias), None)
            if not secret or found["id"] != f"erased-{secret[1].hex()}":
                raise Lost(f"keys/erasures says {line}, and there stands {found}")
            refuse_bytes(ledger, [secret[2][12:44]], f"the key of {alias}")
        refuse_bytes(ledger, spellings([f"secret of {a[1:]}" for a in self.aliases]), "clear text")
        return gone

    def check_vault(self, ledger, gone):
        """An id stays in records, which are linked by it; in the vault it is no more."""
        living = {one[2] for one in slots(ledger)}
        ids = [one[1] for one in self.secrets]
        if sum(one in living for one in ids) != len(self.aliases) - len(gone):
            raise Lost("the vault's file holds another number of persons than can be read")
        if len(gone) == len(self.aliases):
            for path in Path(ledger.folder, "keys").iterdir():
                data = path.read_bytes()
                if any(one in data for one in ids):
                    raise Lost(f"{path.name} holds the id of one who was erased")

    def check_log(self, ledger, told, had_faults=False):
        self.check_events(ledger.events(), told, had_faults)

    def repeat(self, ledger, told):
        """Every second time something else is committed before it is done again."""
        self.round += 1
        if self.round % 2 == 0:
            ledger.well(["append", "-"], [text(personal(888_888, self.others()[0], now()))])
            self.check_vault(ledger, self.check_settled(ledger))
        before = self.gone(ledger.events())
        self.do_again(ledger, before)
        ledger.well(["append", "-"], [text(personal(777_777, self.others()[0], now()))])
        gone = self.check_settled(ledger)
        if len(gone) != len(self.aliases):
            raise Lost(f"done again, and only {len(gone)} persons are gone")
        self.check_vault(ledger, gone)
        return len(ledger.events())

    def do_again(self, ledger, gone):
        raise NotImplementedError


class Erase(Forgetting):
    name = "erase"
    words = ["erase", ALIAS, *WHO, "--json"]
    aliases = [ALIAS]

    def events(self):
        some = [personal(number, ALIAS) for number in range(6)]
        some += [personal(number, "+27820000002") for number in range(3)]
        some.append({
            "specversion": "1.0", "id": "no", "source": "crash/1", "type": "consent.withdrawn",
            "time": "2025-10-01T14:00:00Z", "data": {"person": ALIAS, "category": "marketing"}})
        return some

    def others(self):
        return ["+27820000002"]

    def do_again(self, ledger, gone):
        again = self.run(ledger)
        if gone:
            message = again.json()[0].get("error", {}).get("message", "")
            if again.code != 1 or "was erased already" not in message:
                raise Lost(f"erasing again answers {again.code}: {again.lines}")
        elif again.code != 0:
            raise Lost(f"erasing again answers {again.code}: {again.lines} {again.err.strip()}")


class Retain(Forgetting):
    """More persons than are forgotten in one commit; somebody stays."""

    name = "retain"
    words = ["retain", "--months", "12", *WHO, "--json"]
    batch_max = 256

    def __init__(self, count):
        super().__init__()
        self.aliases = [f"+2783{number:07d}" for number in range(count)]

    def events(self):
        return [personal(0, alias) for alias in self.aliases] + [personal(0, ALIAS, now())]

    def others(self):
        return [ALIAS]

    def check_events(self, lines, told, had_faults):
        gone, ids = super().check_events(lines, told, had_faults)
        if len(gone) % self.batch_max not in (0, len(self.aliases) % self.batch_max):
            raise Lost(f"{len(gone)} persons are gone: half a commit")
        return gone, ids

    def do_again(self, ledger, gone):
        left = len(self.aliases) - len(gone)
        again = ledger.well(self.words).json()[0]
        if again["persons"] != left or again["kept"] != 1:
            raise Lost(f"{left} persons are left, and doing it again answers {again}")


class Rotate(Scenario):
    """Every key is wrapped under a new master key, which lies beside the folder."""

    name = "vault rotate"
    words = ["vault", "rotate", "--json"]
    answers_each = False
    is_repeatable = False

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], [text(personal(n, f"+2784000000{n % 9}")) for n in range(40)])
        self.old = Path(ledger.folder + ".key").read_bytes()
        self.wrapped = [one[3] for one in slots(ledger)]
        self.round = 0

    def repeat(self, ledger, told):
        """It is ended by `vault recover`, or by rotating again."""
        self.round += 1
        place = Path(ledger.folder + ".key")
        is_told = bool(told) and "error" not in json.loads(told[0])
        if is_told and place.read_bytes() == self.old:
            raise Lost("it was told that the master key is another, and it is not")
        if self.round % 3 < 2:
            found = ledger.well(["vault", "recover", "--json"]).json()[0]
            status = ledger.well(["vault", "status", "--json"]).json()[0]
            if not found["whole"] or status["rotation_begun"] or status["damaged"]:
                raise Lost(f"recovering answers {found}, and then the vault is {status}")
            if Path(str(place) + ".next").exists() or len(vaults(ledger)) != 1:
                raise Lost("what a rotation left is there after `vault recover`")
        if place.read_bytes() == self.old or self.round % 3 == 2:
            ledger.well(self.words)
        self.check_done(ledger, place)
        return len(ledger.events())

    def check_done(self, ledger, place):
        if ledger.events() != self.base_events:
            raise Lost("after a rotation something reads otherwise than before")
        if Path(str(place) + ".next").exists() or len(vaults(ledger)) != 1:
            raise Lost("the old key or the old file of keys is there after a rotation")
        refuse_bytes(ledger, [self.old, *self.wrapped], "an old key")
        new = place.read_bytes()
        place.write_bytes(self.old)
        refused = ledger.run(["events", "--json"])
        place.write_bytes(new)
        if refused.code != 1 or any("secret" in line for line in refused.lines):
            raise Lost(f"the old master key is answered {refused.code}: {refused.lines[:1]}")


class NewPersons(AppendSingly):
    """Each event mints a key, and in the middle the vault has no slot left, and grows."""

    name = "append, new persons"

    def __init__(self, count):
        super().__init__(0)
        events = [personal(0, f"+2785{number:07d}") for number in range(count)]
        self.lines = [text(one) for one in events]
        self.expected = [is_event(one) for one in events]

    def prepare(self, ledger):
        super().prepare(ledger)
        ledger.well(["append", "-"], [text(event(0, "first"))])
        free = ledger.well(["vault", "status", "--json"]).json()[0]["free"]
        some = [personal(0, f"+2786{number:07d}") for number in range(free - len(self.lines) // 2)]
        ledger.well(["append", "-"], [text(one) for one in some])

    def repeat(self, ledger, told):
        count = super().repeat(ledger, told)
        status = ledger.well(["vault", "status", "--json"]).json()[0]
        if status["slots"] != 2048 or status["damaged"] or not status["header_whole"]:
            raise Lost(f"after growing the vault is {status}")
        if len(vaults(ledger)) != 1:
            raise Lost(f"after growing there are {vaults(ledger)}")
        return count


def all_forgetting(quick):
    return [Erase(), Retain(12 if quick else 300), Rotate(), NewPersons(4 if quick else 8)]
