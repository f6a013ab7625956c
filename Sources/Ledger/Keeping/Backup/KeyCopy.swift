import Bytes
import Events
import Storage

/// Copies a folder `keys/`, in which other processes go on writing.
struct KeyCopy {
    let source: String
    let target: String
    /// Whether the keys of persons are copied, or only what anybody may see.
    let isWhole: Bool

    /// What only the ledger itself may have: a copy must not sign in its name.
    private static let own: Set<String> = ["signing", "lock", "edge", "forked"]
    /// What anybody may see.
    private static let open: Set<String> = [
        "vkey", "checkpoint", "checkpoints", "past", "erasures",
    ]

    /// Copies; `locked` runs what it is given while nobody writes to the ledger.
    func run(locked: (() throws -> Void) throws -> Void) throws {
        try Folder.createAll(target)
        for name in Folder.names(in: source) where Self.open.contains(name) { try copy(name) }
        guard isWhole else { return }
        try copySecrets(locked)
    }

    private var secrets: [String] {
        Folder.names(in: source).filter {
            !Self.own.contains($0) && !Self.open.contains($0) && !$0.hasSuffix(".new")
        }
    }

    /// How often the keys of persons are copied while others change them, until they are made to
    /// wait.
    private static let attemptsMax = 3

    /// Files that are changed in place are copied, and compared while nobody writes.
    private func copySecrets(_ locked: (() throws -> Void) throws -> Void) throws {
        for attempt in 1...Self.attemptsMax {
            let isLast = attempt == Self.attemptsMax
            var isSame = false
            var there: Set<String> = []
            if !isLast { for name in secrets { try? copy(name) } }
            try locked {
                if isLast { for name in secrets { try copy(name) } }
                there = Set(secrets)
                isSame = try secrets.allSatisfy { try isLast || isCopied($0) }
            }
            for name in Folder.names(in: target)
            where !there.contains(name) && !Self.open.contains(name) {
                try Folder.removeAll(target + "/" + name)
            }
            if isSame { return }
        }
    }

    private func isCopied(_ name: String) throws -> Bool {
        let (from, to) = (source + "/" + name, target + "/" + name)
        if Folder.isFolder(from) {
            return try Folder.names(in: from).allSatisfy { try isCopied(name + "/" + $0) }
        }
        guard Folder.exists(to), Folder.size(of: from) == Folder.size(of: to) else { return false }
        var one = try FileReader(path: from)
        var other = try FileReader(path: to)
        while true {
            let bytes = try one.read(1 << 20)
            guard try bytes == other.read(1 << 20) else { return false }
            if bytes.isEmpty { return true }
        }
    }

    private func copy(_ name: String) throws {
        let (from, to) = (source + "/" + name, target + "/" + name)
        if Folder.isFolder(from) {
            try Folder.createAll(to)
            for inner in Folder.names(in: from) where !inner.hasSuffix(".new") {
                try copy(name + "/" + inner)
            }
            return
        }
        var reader = try FileReader(path: from)
        var writer = try FileWriter(path: to)
        while true {
            let bytes = try reader.read(1 << 20)
            if bytes.isEmpty { break }
            try writer.write(bytes.span)
        }
        try writer.finish()
    }
}
