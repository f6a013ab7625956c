import Adapters
import Bytes
import Events
import Gate
import Ledger

/// What an adapter read, with the bytes that it lies in.
struct ReadElement: Sendable {
    let element: Element
    /// The body, of which the element's range is a part; the element's own bytes where it has none.
    let body: [UInt8]
    /// The line of the input that it begins on.
    let line: Int
    /// Where its id is there already with another text: the edit that this means; nil for a format
    /// whose messages never change in their place.
    var edit: (@Sendable () -> Element?)?

    /// The bytes of the element alone.
    var raw: [UInt8] {
        let (body, range) = (element.body ?? body, element.range)
        guard !range.isEmpty, range.upperBound <= body.count else { return body }
        return Array(body[range])
    }
}

/// Appends what adapters read: in batches, in order, each thing counted once.
///
/// Nothing stops it but a failure of the ledger. While a series of batches commits, the next is
/// gathered. What conflicts is found by halves and put aside; what is there already adds nothing,
/// so that an import cut short is simply run again.
struct ImportPipeline {
    private static let batchMax = 1_000
    private static let seriesMax = 8

    /// One event of a batch, and what it was made of.
    private struct Entry {
        let draft: Draft
        let kind: ImportTotals.Kind
        /// What was read; nil for a link.
        let source: ReadElement?
        let now: Instant?
    }

    /// A batch that is sealed meanwhile, on another core.
    private struct Waiting {
        let entries: [Entry]
        let prepared: Task<Result<PreparedBatch, LedgerError>, Never>
    }

    private struct Flight {
        let batches: [[Entry]]
        let answer: Pending<Result<SeriesOutcome, LedgerError>>
    }

    private let ledger: Ledger
    private let format: String
    private let caller: Ledger.Caller
    private let allowed: AllowedChats
    /// What `--now` says.
    private let now: Instant?
    private(set) var totals = ImportTotals()
    private var batch: [Entry] = []
    private var waiting: [Waiting] = []
    private var flight: Flight?
    private var seenLinks: Set<Fingerprint> = []

    /// An import in a format.
    ///
    /// - Parameters:
    ///   - caller: Which types its events may have: what adapters make, or, of CloudEvents, what
    ///     anyone may append.
    ///   - policy: Says which chats are taken in.
    init(
        _ ledger: Ledger, _ format: String, as caller: Ledger.Caller = .house, _ policy: Policy,
        now: Instant?
    ) {
        self.ledger = ledger
        self.format = format
        self.caller = caller
        allowed = AllowedChats(policy.ingest.chats) { (try? ledger.number(of: $0)) ?? nil }
        self.now = now
    }

    /// Takes the next things that were read.
    mutating func take(_ elements: [ReadElement]) async throws {
        for element in elements { try add(element) }
        if batch.count >= Self.batchMax { closeBatch() }
        let isIdle = flight?.answer.isResolved ?? true
        if !waiting.isEmpty, isIdle || waiting.count >= Self.seriesMax { try await launch() }
    }

    /// Commits all that was taken, and waits until it is durable.
    mutating func finish() async throws {
        closeBatch()
        while flight != nil || !waiting.isEmpty { try await launch() }
    }

    // MARK: - Elements

    private mutating func add(_ read: ReadElement) throws {
        totals.read += 1
        guard allowed.takes(read.element) else {
            totals.elsewhere += 1
            return
        }
        for link in read.element.links where remember(link) {
            // An alias that nobody can read says nothing of anybody.
            guard (try? ledger.checkNames(link)) != nil else { continue }
            append(Entry(draft: link, kind: .link, source: nil, now: read.element.now))
        }
        switch read.element.meaning {
        case .event(let draft):
            do {
                try Ledger.permit(draft, caller)
                try ledger.checkNames(draft)
                append(Entry(draft: draft, kind: .event, source: read, now: read.element.now))
            } catch {
                try putAside(read, error.code.rawValue, error.message)
            }
        case .noted(let kind): try note(read, kind)
        case .quarantined(let code, let reason): try putAside(read, code, reason)
        }
    }

    private mutating func append(_ entry: Entry) {
        batch.append(entry)
        if batch.count >= Self.batchMax { closeBatch() }
    }

    /// Whether a link is seen for the first time; the newest 100,000 are known by heart.
    private mutating func remember(_ link: Draft) -> Bool {
        if seenLinks.count >= 100_000 { seenLinks.removeAll(keepingCapacity: true) }
        return seenLinks.insert(link.identity).inserted
    }

    private mutating func note(_ read: ReadElement, _ kind: String) throws {
        let kind = kind.cut(toBytes: 200)
        let digest = PutAside.digest(of: read.raw)
        var event = InputNoted()
        event.format = format
        event.kind = kind
        event.line = Int64(read.line)
        let draft = try event.draft(
            source: Ledger.ownSource, id: "noted-\(format)-\(kind)-\(digest)")
        append(Entry(draft: draft, kind: .noted, source: read, now: nil))
    }

    private mutating func putAside(
        _ read: ReadElement, _ code: String, _ reason: String
    ) throws {
        let draft = try PutAside.draft(read.raw, format, read.line, code, reason)
        append(Entry(draft: draft, kind: .quarantined, source: read, now: nil))
    }

    // MARK: - Batches on their way

    /// Leaves out links that say nothing new: told at another time, each would be a conflict.
    private mutating func dropKnownLinks() {
        let links = batch.filter { $0.kind == .link }.map(\.draft)
        guard !links.isEmpty, let new = try? ledger.withoutKnownLinks(links) else { return }
        let kept = Set(new.map(\.identity))
        batch.removeAll { $0.kind == .link && !kept.contains($0.draft.identity) }
    }

    private mutating func closeBatch() {
        dropKnownLinks()
        guard !batch.isEmpty else { return }
        waiting.append(seal(batch))
        batch.removeAll(keepingCapacity: true)
    }

    private func seal(_ entries: [Entry]) -> Waiting {
        let (ledger, moment) = (ledger, moment(of: entries))
        return Waiting(
            entries: entries,
            prepared: Task {
                Result { () throws(LedgerError) in
                    try ledger.prepare(AppendBatch(entries.map(\.draft), now: moment), as: .house)
                }
            })
    }

    /// Waits for what is on its way, then sends what waits.
    private mutating func launch() async throws {
        try await settle()
        guard !waiting.isEmpty else { return }
        let batches = Array(waiting.prefix(Self.seriesMax))
        waiting.removeFirst(batches.count)
        var series: [PreparedBatch] = []
        for batch in batches { series.append(try await batch.prepared.value.get()) }
        let answer = Pending<Result<SeriesOutcome, LedgerError>>()
        ledger.submitSeries(series) { answer.resolve($0) }
        flight = Flight(batches: batches.map(\.entries), answer: answer)
    }

    private func moment(of entries: [Entry]) -> Instant? {
        now ?? entries.compactMap(\.now).max()
    }

    private mutating func settle() async throws {
        guard let flight else { return }
        self.flight = nil
        let outcome = try await flight.answer.value().get()
        for (batch, places) in zip(flight.batches, outcome.places) {
            try await count(batch, places)
        }
        guard let refusal = outcome.refusal else { return }
        guard refusal.code == .conflict else { throw refusal }
        try await appendByHalves(flight.batches[outcome.places.count])
        // What followed the refused batch was not tried.
        waiting = flight.batches[(outcome.places.count + 1)...].map { seal($0) } + waiting
    }

    private mutating func count(_ entries: [Entry], _ places: [Appended]) async throws {
        for (entry, place) in zip(entries, places) {
            totals.count(entry.kind, place)
            guard entry.kind == .quarantined, let source = entry.source else { continue }
            let raw = source.raw
            if raw.count > PutAside.rawBytesMax {
                let isKept = try ledger.keep(raw, besidesEventAt: place.position)
                if !isKept { totals.unkept += 1 }
            }
        }
    }

    /// Appends what does not conflict, in order, and looks at what does.
    private mutating func appendByHalves(_ entries: [Entry]) async throws {
        do {
            try await count(
                entries,
                ledger.append(entries.map(\.draft), now: moment(of: entries), as: .house))
        } catch let error as LedgerError {
            guard error.code == .conflict else { throw error }
            guard entries.count == 1 else {
                let half = entries.count / 2
                try await appendByHalves(Array(entries[..<half]))
                try await appendByHalves(Array(entries[half...]))
                return
            }
            try await resolve(entries[0], error)
        }
    }

    /// The same id with other content: the same thing under another name of its person, or with
    /// other subjects found in it, is there already; anything else is put aside.
    private mutating func resolve(_ entry: Entry, _ conflict: LedgerError) async throws {
        guard entry.kind == .event, let source = entry.source else {
            if entry.kind != .link { totals.duplicates += 1 }
            return
        }
        var twin: Twin?
        if let position = conflict.position {
            twin = try ledger.withOpenEvent(at: position) { Twin(of: $0, entry.draft) }
        }
        if let twin, !twin.isSame, let edit = source.edit {
            guard !twin.hasSameText, case .event(let draft)? = edit()?.meaning else {
                totals.duplicates += 1
                return
            }
            let read = ReadElement(element: source.element, body: source.body, line: source.line)
            let entry = Entry(draft: draft, kind: .event, source: read, now: entry.now)
            return try await appendByHalves([entry])
        }
        guard caller == .house, let twin, twin.isSame else {
            let draft = try PutAside.draft(
                source.raw, format, source.line, "conflict", conflict.message)
            let entry = Entry(draft: draft, kind: .quarantined, source: source, now: nil)
            return try await appendByHalves([entry])
        }
        totals.duplicates += 1
        if let link = twin.link(format), remember(link) {
            try await appendByHalves([Entry(draft: link, kind: .link, source: nil, now: entry.now)])
        }
    }
}
