import Bytes
import CommandLineKit
import Crypto
import Events
import Ledger

/// Appends a file's events in batches: while some commit, the next are parsed.
struct FileAppender {
    /// Events of one batch, appended whole or not at all.
    static let batchMax = 1_000
    /// Batches that are committed together, if so many were parsed meanwhile.
    ///
    /// Only one such series is on its way at a time: after a failed commit a second could still
    /// pass, and the log would not follow the order of the file.
    private static let seriesMax = 8

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

    private struct Flight {
        let batches: [[FileEvent]]
        let answer: Pending<Result<SeriesOutcome, LedgerError>>
    }

    let ledger: Ledger
    let text: InputText
    /// What `--now` says.
    let now: Instant?
    /// Whether bad lines are put aside instead of refusing the file.
    let quarantines: Bool
    private(set) var totals = Totals()
    private var batch: [FileEvent] = []
    private var waiting: [[FileEvent]] = []
    private var flight: Flight?

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
        if checked.isEmpty {
            try await text.forEachPiece { try await append(screened($0), progress) }
        }
        closeBatch()
        while flight != nil || !waiting.isEmpty { try await launch() }
        progress(totals.appended + totals.duplicates)
    }

    private mutating func append(_ piece: Piece, _ progress: (Int) -> Void) async throws {
        for event in piece.events {
            batch.append(event)
            guard batch.count == Self.batchMax else { continue }
            closeBatch()
            let isIdle = flight?.answer.isResolved ?? true
            if isIdle || waiting.count >= Self.seriesMax { try await launch() }
        }
        for bad in piece.bad { try await putAside(bad) }
        progress(totals.appended + totals.duplicates)
    }

    /// Appends everything as one batch, if a condition holds.
    mutating func run(if condition: AppendCondition?) async throws {
        var all: [FileEvent] = []
        try await text.forEachPiece { piece in
            let piece = screened(piece)
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
            let piece = screened(piece)
            if let bad = piece.bad.first { throw bad.placed }
            if text.bytes.count <= Self.keptBytesMax { kept.append(piece) }
        }
        return kept
    }

    /// The piece; events whose persons nobody can read are bad lines.
    private func screened(_ piece: Piece) -> Piece {
        var screened = piece
        screened.events.removeAll { event in
            do throws(LedgerError) {
                try ledger.checkNames(event.event.draft)
                return false
            } catch {
                screened.bad.append(
                    BadLine(line: event.line, range: event.range, failure: Failure(error)))
                return true
            }
        }
        screened.bad.sort { $0.line < $1.line }
        return screened
    }

    // MARK: - Batches on their way

    private mutating func closeBatch() {
        guard !batch.isEmpty else { return }
        waiting.append(batch)
        batch.removeAll(keepingCapacity: true)
    }

    /// Waits for what is on its way, then sends what waits.
    private mutating func launch() async throws {
        try await settle()
        guard !waiting.isEmpty else { return }
        let batches = Array(waiting.prefix(Self.seriesMax))
        waiting.removeFirst(batches.count)
        let answer = Pending<Result<SeriesOutcome, LedgerError>>()
        let series = batches.map { batch in
            AppendBatch(
                batch.map(\.event.draft), now: now ?? batch.compactMap(\.event.now).max())
        }
        ledger.submitSeries(series) { answer.resolve($0) }
        flight = Flight(batches: batches, answer: answer)
    }

    private mutating func settle() async throws {
        guard let flight else { return }
        self.flight = nil
        let outcome: SeriesOutcome
        do {
            outcome = try await flight.answer.value().get()
        } catch {
            throw stopped(by: error, in: flight.batches[0])
        }
        for places in outcome.places { totals.count(places) }
        guard let refusal = outcome.refusal else { return }
        let refused = flight.batches[outcome.places.count]
        guard refusal.code == .conflict, quarantines else {
            throw stopped(by: refusal, in: refused)
        }
        try await appendSingly(refused)
        // What followed the refused batch was not tried.
        waiting = Array(flight.batches[(outcome.places.count + 1)...]) + waiting
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
            if let wanted, (try? ledger.identity(of: draft)) == wanted { return event.line }
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
        event.error = .text(bad.failure.message.cut(toBytes: 1_000))
        let draft = try event.draft(
            source: Ledger.ownSource, id: "quarantine-\(raw.span.sha256.hex)")
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
