import Bytes
import Events
import Gate
import Ledger
import Storage
import TestSupport
import Testing

/// Histories of people who write, are asked, are forgotten and come back, against a model of what
/// must be readable.
@Suite struct `A history of forgetting` {
    @Test(arguments: 1...4)
    func `gives back what the living wrote, and nothing of the erased`(seed: UInt64) async throws {
        try await withLedger { ledger in
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            var history = ForgettingHistory(seed: seed)
            try await ledger.apply(history.policy, now: at(1))
            for _ in 0..<110 {
                try await history.step(on: history.events.isOne(in: 2) ? ledger : other)
            }
            let stranger = try Ledger.open(ledger.folder)
            defer { stranger.close() }
            for reader in [ledger, other, stranger] {
                try history.compare(with: reader)
                #expect(try reader.stateDifference() == nil)
            }
            #expect(history.erasures > 2 && history.returns > 0, "the history says something")
            // The policy of a test, at position 0, has no hash.
            let faults = try ledger.verify().filter { $0.position != 0 }
            #expect(faults.isEmpty, "\(faults)")
            try other.signedAndClosed()
            let found = search(ledger.folder, for: history.someWords)
            #expect(found.isEmpty, "\(found)")
        }
    }
}

/// A random history, and what must be readable of it.
private struct ForgettingHistory {
    /// What stands at a position.
    private enum Content {
        /// An event, as it was appended.
        case event(Draft)
        /// A request that was granted: its text.
        case request(String)
    }

    private struct Entry {
        let position: Position
        let content: Content
        /// Whose it is, and how often that alias had been erased by then; nil where it is nobody's.
        let life: (alias: String, number: Int)?
    }

    /// Some of the words; each is looked for in every byte of every file.
    var someWords: [String] {
        var events = events
        return (0..<2).map { _ in words[events.below(words.count)] }
    }

    let policy = "rate_limits:\n  messages_per_minute: 6\n  messages_per_hour: 60\n"
    var events: RandomEvents
    private(set) var erasures = 0
    private(set) var returns = 0
    /// Everything that may stand in no file, in clear or in base64.
    private(set) var words: [String] = []
    private var entries: [Entry] = []
    private var reservations: [Reservation] = []
    private var lives: [String: Int] = [:]
    private var living: Set<String> = []
    private var number = 0

    init(seed: UInt64) {
        events = RandomEvents(seed: seed)
        words = (0..<6).map { "+2760000000\($0)" }
    }

    mutating func step(on ledger: Ledger) async throws {
        switch events.below(12) {
        case 0..<3: try await append(on: ledger)
        case 3..<6: try await write(on: ledger)
        case 6..<8: try await ask(on: ledger)
        case 8..<10: try await report(on: ledger)
        default: try await erase(on: ledger)
        }
    }

    private var alias: String { mutating get { "+2760000000\(events.below(6))" } }

    /// Takes note of an entry, and of who lives by it.
    private mutating func note(_ position: Position, _ content: Content, of alias: String?) {
        if let alias, living.insert(alias).inserted, lives[alias, default: 0] > 0 { returns += 1 }
        let life = alias.map { ($0, lives[$0, default: 0]) }
        entries.append(Entry(position: position, content: content, life: life))
    }

    private mutating func append(on ledger: Ledger) async throws {
        let drafts = (0..<1 + events.below(12)).map { _ in events.next() }
        let places = try await ledger.append(drafts)
        for (draft, place) in zip(drafts, places) {
            let clear = draft.sealed(at: 0, recorded: at(0))
            note(place.position, .event(draft), of: EventView(clear.span)?.text(.person))
        }
    }

    /// A message whose words nobody else uses.
    private mutating func write(on ledger: Ledger) async throws {
        number += 1
        let alias = alias
        let some = ["Name \(number) of one", "words \(number) of theirs", alias, "wamid.of-"]
        let draft = personal(number, some)
        words += [some[0], some[1], "wamid.of-\(number)"]
        note(try await ledger.append([draft])[0].position, .event(draft), of: alias)
    }

    private mutating func ask(on ledger: Ledger) async throws {
        number += 1
        var request = SendRequest()
        let (key, text) = ("key \(number) of one", "answer \(number) to one")
        let alias = alias
        (request.key, request.text, request.person) = (key, text, alias)
        words += [key, text]
        let asked = try await ledger.ask(PreparedRequest(request), now: events.now)
        // Whoever is asked about is known from then on, also where nothing may be sent.
        if asked.decision.verdict != .send {
            if await code(of: { _ = try await ledger.erase(alias, by: nil) }) != .notFound {
                living.insert(alias)
            }
            return
        }
        note(asked.position, .request(text), of: alias)
        if let reservation = asked.reservation { reservations.append(reservation) }
    }

    private mutating func report(on ledger: Ledger) async throws {
        guard let reservation = reservations.last else { return }
        var report = SendReport(reservation, events.isOne(in: 2) ? .accepted : .attempted)
        let (message, detail) = ("wamid.told-\(number)", "detail \(number) of one")
        (report.message, report.detail) = (message, .text(detail))
        words += [message, detail]
        do { _ = try await ledger.report(report, now: events.now) } catch {
            guard error.code == .invalid else { throw error }
        }
    }

    private mutating func erase(on ledger: Ledger) async throws {
        let alias = alias
        let authority = Authority(by: "ann", why: "a random history")
        do throws(LedgerError) {
            _ = try await ledger.erase(alias, by: authority)
            #expect(living.contains(alias), "somebody was erased who is not there")
            living.remove(alias)
            lives[alias, default: 0] += 1
            erasures += 1
        } catch {
            #expect(error.code == .notFound && !living.contains(alias), "\(error)")
        }
    }

    /// Compares all that was told with what a reader of the ledger finds.
    func compare(with ledger: Ledger) throws {
        for entry in entries {
            let isErased = entry.life.map { lives[$0.alias, default: 0] != $0.number } ?? false
            try ledger.withEvent(at: entry.position) { event in
                try ledger.withOpened(event) { opened in
                    switch entry.content {
                    case .event(let draft):
                        let clear = draft.sealed(at: event.position, recorded: event.recorded)
                        var plain = ""
                        if let view = EventView(clear.span) { plain = CloudEvent.text(view) }
                        #expect((CloudEvent.text(opened) == plain) == !isErased)
                    case .request(let text):
                        #expect(opened.text(.text) == (isErased ? nil : text))
                    }
                    guard isErased else { return }
                    for field in [Field.person, .text, .name, .message, .key] {
                        #expect(opened.text(field) == nil, "\(field.name) at \(entry.position)")
                    }
                }
            }
        }
    }
}

extension Ledger {
    /// Signs what is there, so that the search meets checkpoints and tiles, too.
    fileprivate func signedAndClosed() throws {
        _ = try signCheckpoint()
        close()
    }
}
