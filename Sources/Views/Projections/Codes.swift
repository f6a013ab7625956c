public import Bytes
public import Events

/// The error codes of providers, by what they may close: the ledger, an account, a person, a
/// template.
///
/// What a code closes is the policy's to say, so that each is entered wherever it could matter.
enum Codes: Projection {
    static let name = "codes"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .errorObserved, .sendFailed, .messageFailed: fail(&tables, happened)
        case .sendAccepted, .messageDelivered, .messageRead: succeed(&tables, happened)
        case .sendingResumed: resume(&tables, happened)
        default: return
        }
    }

    private static func fail(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        let keys = tables.sendKeys(of: happened)
        var entry = CodeEntry()
        entry.code = ErrorCode.number(happened.event)
        entry.account = keys.account.low
        entry.newest = happened.stamp
        entry.send = happened.reservation.map { $0.position + 1 } ?? 0
        var isNew = true
        for key in CodeKey.all(keys) {
            let slot = tables.codes.touch(key, at: happened.position)
            isNew = tables.codes[slot].fail(entry) && isNew
        }
        guard isNew else { return }
        Faults.fail(&tables, entry, keys, by: happened)
    }

    /// What a provider accepts may fail later: only a delivery, or the next acceptance, proves it.
    private static func succeed(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        // Every error is entered in the ledger's row: without that row there was none.
        guard tables.codes.find(RateScope.ledger.key()) != nil else { return }
        let keys = tables.sendKeys(of: happened)
        let isAccepted = happened.type == .sendAccepted
        let send = (happened.reservation?.position ?? happened.position) + 1
        for key in CodeKey.all(keys) {
            guard let found = tables.codes.find(key),
                let row = tables.codes[found].succeeding(
                    send, isAccepted: isAccepted, keys)
            else { continue }
            let slot = tables.codes.touch(key, at: happened.position)
            tables.codes[slot] = row
        }
        Faults.succeed(&tables, keys, isAccepted: isAccepted, by: happened)
    }

    /// What an operator resumes is open again, whatever errors there were before.
    private static func resume(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        let key: Fingerprint
        if happened.chat != .none {
            key = RateScope.person.key(happened.chat)
        } else if happened.account != .none {
            key = RateScope.account.key(happened.account)
        } else {
            key = RateScope.ledger.key()
        }
        let slot = tables.codes.touch(key, at: happened.position)
        tables.codes[slot].resumed = happened.position + 1
    }
}

/// The rows in which errors of a send are entered.
enum CodeKey {
    static func all(_ keys: SendKeys) -> [Fingerprint] {
        var all = [RateScope.ledger.key(), RateScope.account.key(keys.account)]
        if keys.person != .none { all.append(RateScope.person.key(keys.person)) }
        if keys.template != .none { all.append(keys.template) }
        return all
    }
}

/// How error codes are told apart.
public enum ErrorCode {
    /// A number for a code that is spelt as text; letters count alike in both cases.
    public static func number(of text: String) -> UInt64 {
        Fingerprint(of: text.lowercased()).low
    }

    /// The number of the code in an event; 0 where it names none.
    static func number(_ event: borrowing EventView) -> UInt64 {
        switch event.kind(of: .code) {
        case .integer: return event.integer(.code).map { number(of: String($0)) } ?? 0
        case .text: return event.text(.code).map { number(of: $0) } ?? 0
        case .json:
            guard let text = event.text(.code), let json = try? JSONValue.parse(text) else {
                return 0
            }
            let code = json["code"] ?? json
            return number(of: code.text ?? code.integer.map { String($0) } ?? text)
        default: return 0
        }
    }
}

/// What is known of one code in one row.
public struct CodeEntry: Sendable, Equatable, BitwiseCopyable {
    /// The code: see ``ErrorCode/number(of:)``.
    public var code: UInt64 = 0
    /// The low half of the account's fingerprint; 0 for none.
    public var account: UInt64 = 0
    /// The newest error with it.
    public var newest = Stamp.never
    /// How many there were in a row: since the last success.
    public var count: UInt32 = 0
    /// One more than the position of the reservation that met it last; 0 for none.
    public var send: Position = 0

    /// Nothing yet.
    public init() {}

    /// The codes that speak of marketing alone, so that only its success proves anything.
    private static let marketing = [ErrorCode.number(of: "131049"), ErrorCode.number(of: "63049")]

    /// Whether the code speaks of marketing alone.
    var isMarketing: Bool { Self.marketing.contains(code) }
}

/// The error codes that one scope has met, at most 16.
public struct CodesRow: TableRow {
    static let codesMax = 16

    /// The codes, in the order in which they came up.
    public private(set) var entries: [CodeEntry] = []
    /// One more than the position at which an operator resumed sending; 0 for never.
    public internal(set) var resumed: Position = 0
    /// One more than the reservation whose acceptance has not been proved; 0 for none.
    public private(set) var pending: Position = 0
    /// Whether that send is marketing.
    public private(set) var isPendingMarketing = false

    /// An empty row.
    public init() {}

    /// How many errors there were in a row with an entry's code; an acceptance ends the row unless
    /// the same send fails after all.
    public func inRow(_ entry: CodeEntry) -> Int {
        pending != 0 && ends(entry, isPendingMarketing) ? 0 : Int(entry.count)
    }

    /// Whether a success ends the row of errors with a code.
    private func ends(_ entry: CodeEntry, _ isMarketing: Bool) -> Bool {
        isMarketing || !entry.isMarketing
    }

    /// Enters an error; answers whether it is another one, and not the same told again.
    mutating func fail(_ new: CodeEntry) -> Bool {
        if pending != 0, pending != new.send { settle(isPendingMarketing) }
        pending = 0
        isPendingMarketing = false
        guard
            let at = entries.firstIndex(where: { $0.code == new.code && $0.account == new.account })
        else {
            if entries.count == Self.codesMax,
                let oldest = entries.indices.min(by: { entries[$0].newest < entries[$1].newest })
            {
                entries.remove(at: oldest)
            }
            entries.append(new)
            entries[entries.count - 1].count = 1
            return true
        }
        if new.send != 0, entries[at].send == new.send { return false }
        entries[at].count += 1
        entries[at].newest = max(entries[at].newest, new.newest)
        entries[at].send = new.send
        return true
    }

    /// The row after a success, or nil where it changes nothing.
    func succeeding(_ send: Position, isAccepted: Bool, _ keys: SendKeys) -> CodesRow? {
        let isMarketing = keys.category == .marketing
        func matters(_ row: CodesRow) -> Bool {
            row.entries.contains {
                $0.count > 0 && $0.account == keys.account.low && ends($0, isMarketing)
            }
        }
        guard matters(self) else { return nil }
        var row = self
        if isAccepted {
            if pending != 0, pending != send { row.settle(isPendingMarketing) }
            row.pending = matters(row) ? send : 0
            row.isPendingMarketing = row.pending != 0 && isMarketing
        } else {
            row.settle(isMarketing)
            if isMarketing || !isPendingMarketing {
                row.pending = 0
                row.isPendingMarketing = false
            }
        }
        return row == self ? nil : row
    }

    private mutating func settle(_ isMarketing: Bool) {
        for at in entries.indices where ends(entries[at], isMarketing) { entries[at].count = 0 }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        resumed = reader.get()
        pending = reader.get()
        isPendingMarketing = reader.flag()
        let count = reader.get(UInt8.self)
        for _ in 0..<count where reader.isValid {
            var entry = CodeEntry()
            entry.code = reader.get()
            entry.account = reader.get()
            entry.newest = reader.stamp()
            entry.count = reader.get()
            entry.send = reader.get()
            entries.append(entry)
        }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(resumed)
        writer.put(pending)
        writer.put(isPendingMarketing)
        writer.put(UInt8(entries.count))
        for entry in entries {
            writer.put(entry.code)
            writer.put(entry.account)
            writer.put(entry.newest)
            writer.put(entry.count)
            writer.put(entry.send)
        }
    }
}

extension Tables {
    /// The codes of a scope, or an empty row.
    public mutating func codes(_ scope: RateScope, _ name: Fingerprint = .none) -> CodesRow {
        codes.find(scope.key(name)).map { codes[$0] } ?? CodesRow()
    }

    /// The codes of a template, or an empty row.
    public mutating func codes(ofTemplate template: Fingerprint) -> CodesRow {
        codes.find(template).map { codes[$0] } ?? CodesRow()
    }
}
