public import Bytes
public import Events

/// The error codes of providers, by what they may close: the ledger, an account, a person, a
/// template.
///
/// What a code closes is the policy's to say, so that each is entered wherever it could matter.
enum Codes: Projection {
    static let name = "codes"
    static let version = 3

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
        entry.send = happened.reservation.map { $0.position &+ 1 } ?? 0
        let isRepeated = tables.hasFailedBefore(happened)
        let ledger = tables.codes(.ledger).resumed
        let account = max(ledger, tables.codes(.account, keys.account).resumed)
        var isNew = true
        for key in CodeKey.all(keys) {
            let slot = tables.codes.touch(key, at: happened.position)
            let isPerson = keys.person != .none && key == RateScope.person.key(keys.person)
            var since = key == RateScope.account.key(keys.account) || isPerson ? account : ledger
            if isPerson {
                // The platform goes on holding marketing back, whatever an operator resumes.
                since = entry.isMarketing ? 0 : max(since, tables.codes[slot].resumed)
            }
            let isOther = tables.codes[slot].fail(entry, isRepeated: isRepeated, since: since)
            isNew = isOther && isNew
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
        let send = (happened.reservation?.position ?? happened.position) &+ 1
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
    /// A number for a code that is spelt as text; letters of ASCII count alike in both cases.
    public static func number(of text: String) -> UInt64 {
        Fingerprint(of: text.asciiLowercased).low
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
    /// How many there were in a row: since the account's last success in the scope.
    public var count: UInt32 = 0
    /// One more than the position of the reservation that met it last; 0 for none.
    public var send: Position = 0
    /// One more than the reservation whose acceptance ends the row, unless it fails after all; 0
    /// for none.
    public var pending: Position = 0

    /// Nothing yet.
    public init() {}

    /// The codes that speak of marketing alone, so that only its success proves anything.
    private static let marketing = [ErrorCode.number(of: "131049"), ErrorCode.number(of: "63049")]

    /// Whether the code speaks of marketing alone.
    var isMarketing: Bool { Self.marketing.contains(code) }

    /// Ends the row.
    mutating func settle() {
        count = 0
        pending = 0
    }
}

/// The error codes that one scope has met, at most 16.
public struct CodesRow: TableRow {
    static let codesMax = 16

    /// The codes, in the order in which they came up.
    public private(set) var entries: [CodeEntry] = []
    /// One more than the position at which an operator resumed sending; 0 for never.
    public internal(set) var resumed: Position = 0

    /// An empty row.
    public init() {}

    /// How many errors there were in a row with an entry's code; an acceptance ends the row unless
    /// the same send fails after all.
    public func inRow(_ entry: CodeEntry) -> Int { entry.pending != 0 ? 0 : Int(entry.count) }

    /// Enters an error; answers whether it is another one, and not the same told again.
    ///
    /// A send fails once: whatever else is told of its failure adds only what codes the scope has
    /// not met. The row begins anew where sending was resumed since the last error.
    /// - Parameters:
    ///   - isRepeated: whether the send counted as failed before.
    ///   - since: one more than the position at which sending was resumed.
    mutating func fail(_ new: CodeEntry, isRepeated: Bool, since: Position) -> Bool {
        let met = entries.firstIndex { $0.code == new.code && $0.account == new.account }
        if let met, isRepeated || new.send != 0 && entries[met].send == new.send {
            if entries[met].pending == new.send { entries[met].pending = 0 }
            return false
        }
        for at in entries.indices
        where entries[at].account == new.account && entries[at].pending != 0 {
            if entries[at].pending != new.send { entries[at].settle() }
            entries[at].pending = 0
        }
        guard let met else {
            if entries.count == Self.codesMax,
                let oldest = entries.indices.min(by: { entries[$0].newest < entries[$1].newest })
            {
                entries.remove(at: oldest)
            }
            entries.append(new)
            entries[entries.count - 1].count = 1
            return true
        }
        if entries[met].newest.position < since {
            entries[met] = new
            entries[met].count = 1
            return true
        }
        entries[met].count &+= 1
        entries[met].newest = max(entries[met].newest, new.newest)
        entries[met].send = new.send
        return true
    }

    /// The row after a success of an account, or nil where it changes nothing.
    ///
    /// Errors that speak of marketing alone are ended by its success only.
    func succeeding(_ send: Position, isAccepted: Bool, _ keys: SendKeys) -> CodesRow? {
        let isMarketing = keys.category == .marketing
        func ends(_ entry: CodeEntry) -> Bool {
            entry.count > 0 && entry.account == keys.account.low
                && (isMarketing || !entry.isMarketing)
        }
        guard entries.contains(where: ends) else { return nil }
        var row = self
        for at in entries.indices where ends(entries[at]) {
            if isAccepted, entries[at].pending == 0 || entries[at].pending == send {
                row.entries[at].pending = send
            } else {
                // A delivery proves itself, and an acceptance the one before it.
                row.entries[at].settle()
            }
        }
        return row == self ? nil : row
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        resumed = reader.get()
        let count = reader.get(UInt8.self)
        for _ in 0..<count where reader.isValid {
            var entry = CodeEntry()
            entry.code = reader.get()
            entry.account = reader.get()
            entry.newest = reader.stamp()
            entry.count = reader.get()
            entry.send = reader.get()
            entry.pending = reader.get()
            entries.append(entry)
        }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(resumed)
        writer.put(UInt8(entries.count))
        for entry in entries {
            writer.put(entry.code)
            writer.put(entry.account)
            writer.put(entry.newest)
            writer.put(entry.count)
            writer.put(entry.send)
            writer.put(entry.pending)
        }
    }
}

extension Tables {
    /// Whether the send that an event speaks of was said to have failed before the event.
    ///
    /// A delivery in between makes its failure no second one.
    fileprivate mutating func hasFailedBefore(_ happened: borrowing Occurrence) -> Bool {
        guard let reservation = happened.reservation, tags.include(reservation),
            let slot = reservations.find(Fingerprint(UInt128(reservation.position)))
        else { return false }
        let row = reservations[slot]
        let isFailed = row.state == .failed && row.outcome != happened.position
        return isFailed || row.failed != 0 && row.failed != happened.position
    }

    /// The codes of a scope, or an empty row.
    public mutating func codes(_ scope: RateScope, _ name: Fingerprint = .none) -> CodesRow {
        codes.find(scope.key(name)).map { codes[$0] } ?? CodesRow()
    }

    /// The codes of a template, or an empty row.
    public mutating func codes(ofTemplate template: Fingerprint) -> CodesRow {
        codes.find(template).map { codes[$0] } ?? CodesRow()
    }
}
