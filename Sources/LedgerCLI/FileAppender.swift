import Bytes
import CommandLineKit
import Events
import Ledger

/// Appends a file's events in batches: while one commits, the next is parsed.
struct FileAppender {
    /// Events of one batch, committed together.
    static let batchMax = 1_000
    /// Batches that are on their way at once: one, because after a failed commit a second could
    /// still pass, and the log would not follow the order of the file.
    private static let flightsMax = 1

    /// What became of the file.
    struct Totals: Sendable {
        var appended = 0
        var duplicates = 0
        var quarantined = 0
        var first: Position?
        var last: Position?

        mutating func count(_ places: [Appended]) {
            for place in places {
                if place.isDuplicate {
                    duplicates += 1
                } else {
                    appended += 1
                    first = first ?? place.position
                    last = place.position
                }
            }
        }
    }

    private typealias Answer = Result<[Appended], LedgerError>

    private struct Flight {
        let events: [FileEvent]
        let answer: Pending<Answer>
    }

    let ledger: Ledger
    let text: InputText
    /// What `--now` says.
    let now: Instant?
    /// Whether bad lines are put aside instead of refusing the file.
    let quarantines: Bool
    private(set) var totals = Totals()
    private var batch: [FileEvent] = []
    private var flights: [Flight] = []

    init(_ ledger: Ledger, _ text: InputText, now: Instant?, quarantines: Bool) {
        self.ledger = ledger
        self.text = text
        self.now = now
        self.quarantines = quarantines
    }

    /// Appends everything; nothing is appended if a line is bad and none are put aside.
    ///
    /// `progress` is told how many events are done.
    mutating func run(progress: (Int) -> Void) async throws {
        let checked = quarantines ? [] : try await check()
        for piece in checked { try await append(piece, progress) }
        if checked.isEmpty { try await text.forEachPiece { try await append($0, progress) } }
        try await submit()
        while !flights.isEmpty { try await settle() }
        progress(totals.appended + totals.duplicates)
    }

    private mutating func append(_ piece: Piece, _ progress: (Int) -> Void) async throws {
        for event in piece.events {
            batch.append(event)
            if batch.count == Self.batchMax { try await submit() }
        }
        for bad in piece.bad { try await putAside(bad) }
        progress(totals.appended + totals.duplicates)
    }

    /// Appends everything as one batch, if a condition holds.
    mutating func run(if condition: AppendCondition?) async throws {
        var all: [FileEvent] = []
        try await text.forEachPiece { piece in
            if let bad = piece.bad.first { throw bad.placed }
            all += piece.events
        }
        let moved = now ?? all.compactMap(\.event.now).max()
        totals.count(
            try await ledger.append(all.map(\.event.draft), if: condition, now: moved))
    }

    /// Files up to this size are kept parsed between the check and the commit; longer ones are
    /// parsed twice, which costs time instead of memory.
    private static let keptBytesMax = 128 << 20

    /// Checks every line; answers the pieces, or none where they are too many to keep.
    private func check() async throws -> [Piece] {
        var kept: [Piece] = []
        try await text.forEachPiece { piece in
            if let bad = piece.bad.first { throw bad.placed }
            if text.bytes.count <= Self.keptBytesMax { kept.append(piece) }
        }
        return kept
    }

    // MARK: - Batches on their way

    private mutating func submit() async throws {
        guard !batch.isEmpty else { return }
        while flights.count >= Self.flightsMax { try await settle() }
        let answer = Pending<Answer>()
        let moved = now ?? batch.compactMap(\.event.now).max()
        ledger.submitAppend(batch.map(\.event.draft), now: moved) { answer.resolve($0) }
        flights.append(Flight(events: batch, answer: answer))
        batch.removeAll(keepingCapacity: true)
    }

    private mutating func settle() async throws {
        let flight = flights.removeFirst()
        do {
            totals.count(try await flight.answer.value().get())
        } catch {
            if error.code == .conflict, quarantines {
                return try await appendSingly(flight.events)
            }
            // What was on its way behind it may have been committed: it must be counted.
            while let next = flights.first {
                flights.removeFirst()
                if case .success(let places) = await next.answer.value() { totals.count(places) }
            }
            throw stopped(by: error, in: flight.events)
        }
    }

    /// Finds out which events of a batch conflict, and puts those aside.
    private mutating func appendSingly(_ events: [FileEvent]) async throws {
        for event in events {
            do {
                totals.count(
                    try await ledger.append([event.event.draft], now: now ?? event.event.now))
            } catch {
                guard error.code == .conflict else { throw error }
                try await putAside(
                    BadLine(line: event.line, range: event.range, failure: Failure(error)))
            }
        }
    }

    private func stopped(by error: LedgerError, in events: [FileEvent]) -> Failure {
        let failure = Failure(error)
        var place = ""
        if error.code == .conflict, let line = conflictingLine(error, events) {
            place = "line \(line): "
        }
        let done =
            totals.appended == 0
            ? "nothing was appended"
            : "\(totals.appended) events were appended, the last at position \(totals.last ?? 0)"
        return Failure(
            failure.code,
            "\(place)\(failure.message); \(done), and the same file can be appended again: what is "
                + "there already is recognised", exitCode: failure.exitCode)
    }

    /// The line of the event that conflicts with the one that the error names.
    private func conflictingLine(_ error: LedgerError, _ events: [FileEvent]) -> Int? {
        var wanted: Fingerprint?
        if let position = error.position {
            wanted = try? ledger.withEvent(at: position) { $0.identity }
        }
        var seen: [Fingerprint: Fingerprint] = [:]
        for event in events {
            let draft = event.event.draft
            if draft.identity == wanted { return event.line }
            if let digest = seen.updateValue(draft.digest, forKey: draft.identity),
                wanted == nil, digest != draft.digest
            {
                return event.line
            }
        }
        return nil
    }

    // MARK: - Quarantine

    /// The most bytes of a bad line that are kept.
    private static let rawBytesMax = 48 << 10

    /// Puts a bad line aside; its id is its content's, so that a repeat adds nothing.
    private mutating func putAside(_ bad: BadLine) async throws {
        let raw = Array(text.bytes[bad.range])
        var event = InputQuarantined()
        event.format = "cloudevents"
        event.raw = Array(raw.prefix(Self.rawBytesMax))
        event.line = Int64(bad.line)
        event.code = .text(bad.failure.code)
        event.error = .text(bad.failure.message)
        let draft = try event.draft(source: Ledger.ownSource, id: "quarantine-\(raw.span.sha256)")
        do {
            let places = try await ledger.append([draft], now: now, as: .house)
            if places[0].isDuplicate {
                totals.duplicates += 1
            } else {
                totals.quarantined += 1
                totals.first = totals.first ?? places[0].position
                totals.last = places[0].position
            }
        } catch {
            guard error.code == .conflict else { throw error }
            // The same bytes on another line, or under another sentence: they are kept already.
            totals.duplicates += 1
        }
    }
}
