"""What a power cut may leave behind: crash images from the journal that faults.c writes.

A journal is a list of calls in the order in which they were done. At a cut, a change is *durable*
if its file (or, for a name, its folder) was synced after it, or if it went through O_DSYNC; all
others are *pending*, and a disk may hold any of them. From every cut come these images: all pending
changes are there; none is; any single one is missing; any single one is the only one there; any
single write is torn at a multiple of 512 bytes, with its front or its end there. Writes are taken
page by page (4,096 bytes): a system call of many pages may reach the disk in part.
"""

import os
import random
from dataclasses import dataclass
from pathlib import Path

PAGE = 4096
SECTOR = 512


@dataclass
class Entry:
    """One call."""

    kind: str
    path: str
    at: int
    payload: bytes


@dataclass
class Change:
    """A change that a sync makes durable: of a file's bytes, or of a folder's names."""

    kind: str
    at: int
    payload: bytes
    node: int = -1
    name: str = ""
    folder: str = ""
    durable_from: int | None = None


@dataclass(frozen=True)
class Image:
    """What reached the disk when the power failed after a number of entries.

    `kind` is "all", "none", "without" or "only", of the pending changes; the last two name one.
    """

    cut: int
    kind: str
    one: int = -1
    torn: tuple | None = None


def read_journal(path):
    entries = []
    data = Path(path).read_bytes()
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        kind, name, offset, size = data[at:end].decode().split("\t")
        at = end + 1 + int(size)
        entries.append(Entry(kind, name, int(offset), data[end + 1:at]))
    return entries


class Cuts:
    """All crash images of one journal, over the folder as it was when the journal began."""

    def __init__(self, entries, root, before):
        self.root = str(root)
        self.changes = []
        # For each number of entries: how many changes there were, and how much stdout had got.
        self.made = [0]
        self.told_size = [0]
        self.told = b"".join(entry.payload for entry in entries if entry.kind == "A")
        self.cuts = []
        self.unsynced = []
        self.nodes = {}
        self.count = 0
        self.start = dict(before)
        for name, data in self.start.items():
            self.names_node(name)
        for index, entry in enumerate(entries):
            # The last moment before a change or a sync is the one at which most was told.
            if entry.kind not in "AOX":
                self.cuts.append(index)
            self._take(entry, index + 1)
            self.unsynced += range(self.made[-1], len(self.changes))
            self.made.append(len(self.changes))
            size = len(entry.payload) if entry.kind == "A" else 0
            self.told_size.append(self.told_size[-1] + size)
        self.cuts.append(len(entries))

    def names_node(self, name):
        self.nodes[name] = self.count
        self.count += 1
        return self.nodes[name]

    def _take(self, entry, cut):
        name = entry.path
        folder = os.path.dirname(name)
        if entry.kind in "WD":
            node = self.nodes[name]
            done = 0
            while done < len(entry.payload):
                start = entry.at + done
                size = min(PAGE - start % PAGE, len(entry.payload) - done)
                part = entry.payload[done:done + size]
                durable = cut if entry.kind == "D" else None
                self.changes.append(Change("W", start, part, node, durable_from=durable))
                done += size
        elif entry.kind == "T":
            self.changes.append(Change("T", entry.at, b"", self.nodes[name]))
        elif entry.kind in "CM":
            node = self.names_node(name)
            self.changes.append(Change(entry.kind, 0, b"", node, name, folder))
        elif entry.kind == "U":
            self.changes.append(Change("U", 0, b"", self.nodes.pop(name), name, folder))
        elif entry.kind == "R":
            new = entry.payload.decode()
            node = self.nodes[new] = self.nodes.pop(name)
            for inner in [one for one in self.nodes if one.startswith(name + "/")]:
                self.nodes[new + inner[len(name):]] = self.nodes.pop(inner)
            self.changes.append(Change("R", 0, entry.payload, node, name, folder))
        elif entry.kind == "S":
            self._sync(name, cut)

    def _sync(self, name, cut):
        node, left = self.nodes.get(name), []
        for index in self.unsynced:
            change = self.changes[index]
            covers = change.folder == name if change.folder else change.node == node
            if covers and change.durable_from is None:
                change.durable_from = cut
            elif change.durable_from is None:
                left.append(index)
        self.unsynced = left

    def images(self, seed):
        """Every image of every cut that differs from the cut before it."""
        chance = random.Random(seed)
        found = []
        for cut in self.cuts:
            found += [Image(cut, "all"), Image(cut, "none")]
            for one in self.pending(cut):
                found += [Image(cut, "without", one), Image(cut, "only", one)]
                size = len(self.changes[one].payload)
                if size > SECTOR:
                    at = SECTOR * chance.randrange(1, (size + SECTOR - 1) // SECTOR)
                    found += [Image(cut, kind, one, (at, front))
                              for kind in ("all", "only") for front in (True, False)]
        return found

    def is_durable(self, index, cut):
        return (self.changes[index].durable_from or cut + 1) <= cut

    def pending(self, cut):
        return [i for i in range(self.made[cut]) if not self.is_durable(i, cut)]

    def applied(self, image):
        """The changes that are on the disk, in order."""
        for index in range(self.made[image.cut]):
            if self.is_durable(index, image.cut) or image.kind == "all":
                yield index
            elif image.kind == "without" and index != image.one:
                yield index
            elif image.kind == "only" and index == image.one:
                yield index

    def told_at(self, cut):
        """The whole lines that stdout had got by then."""
        return self.told[:self.told_size[cut]].decode().split("\n")[:-1]

    def files(self, image):
        """The folder's files after the power cut, by name; None is a folder."""
        names = {name: self.nodes_at_start[name] for name in self.start}
        data = {self.nodes_at_start[n]: bytearray(d) if d is not None else None
                for n, d in self.start.items()}
        for index in self.applied(image):
            change = self.changes[index]
            if change.kind in "CM":
                names[change.name] = change.node
                data.setdefault(change.node, bytearray() if change.kind == "C" else None)
            elif change.kind == "U":
                names.pop(change.name, None)
            elif change.kind == "R":
                names.pop(change.name, None)
                new = change.payload.decode()
                names[new] = change.node
                # Whatever lies in a folder goes with it.
                for inner in [one for one in names if one.startswith(change.name + "/")]:
                    names[new + inner[len(change.name):]] = names.pop(inner)
            else:
                self._apply(change, data, image.torn if index == image.one else None)
        return {name: data.get(node, bytearray()) for name, node in names.items()}

    @property
    def nodes_at_start(self):
        return {name: index for index, name in enumerate(self.start)}

    @staticmethod
    def _apply(change, data, torn):
        content = data.setdefault(change.node, bytearray())
        if change.kind == "T":
            del content[change.at:]
            content.extend(bytes(change.at - len(content)))
            return
        at, payload = change.at, change.payload
        if torn:
            place, front = torn
            at, payload = (at, payload[:place]) if front else (at + place, payload[place:])
        if len(content) < at:
            content.extend(bytes(at - len(content)))
        content[at:at + len(payload)] = payload

    def lay_out(self, image, root):
        """Writes an image below another root. A name whose folder is missing is gone with it."""
        for name, content in sorted(self.files(image).items()):
            path = root + name[len(self.root):]
            if not os.path.isdir(os.path.dirname(path)):
                continue
            if content is None:
                os.makedirs(path, mode=0o700, exist_ok=True)
            else:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)

    def whole(self):
        """The image of a machine that never failed: all changes."""
        return Image(len(self.made) - 1, "all")


def snapshot(root):
    """The files below a folder by name; None is a folder."""
    found = {}
    for folder, _, files in os.walk(root):
        found[folder] = None
        for name in files:
            path = os.path.join(folder, name)
            found[path] = Path(path).read_bytes()
    return found
