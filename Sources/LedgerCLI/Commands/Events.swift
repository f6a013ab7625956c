import CommandLineKit
import Events
import Ledger
import Storage

/// `events`: prints what the log holds, and what comes in.
enum ShowEvents {
    static let from = TimeWord.option("from", "The earliest effective time, or the first position")
    static let to = TimeWord.option("to", "The latest effective time, or the last position")
    static let source = Option<String?>.text("source", "SOURCE", "Only events from this source")
    static let text = Option<String?>.text("text", "TEXT", "Only events whose text contains this")
    static let reverse = Option<Bool>.flag("reverse", "The newest first")
    static let limit = Option<Int?>.integer(
        "limit", "N", in: 1...Int.max, "At most so many events")
    static let follow = Option<Bool>.flag(
        "follow", "Go on with what is appended; without --from, with that alone")

    static let redact = Option<Bool>.flag(
        "redact", "Leave personal fields sealed; the keys are not needed")

    static let command = Command.verb(
        "events", "Print events",
        options: [from, to, FilterOptions.types] + FilterOptions.names
            + [source, text, reverse, limit, follow, redact],
        examples: [
            .init("ledger events --from 2h --type send.refused", "what was refused lately"),
            .init(
                "ledger events --subject DR1854951 --reverse --limit 10", "the last about a drop"),
            .init("ledger events --follow --json", "CloudEvents as they come"),
        ]
    ) { arguments, out in
        if arguments(follow), arguments(reverse) {
            throw UsageError("--follow goes forwards; --reverse does not", command: "events")
        }
        let types = try FilterOptions.types(arguments(FilterOptions.types), "events")
        return try Ledger.reading(arguments, out) { ledger in
            var walk = try Walk(ledger, arguments, types, out)
            if arguments(reverse) {
                try walk.backwards()
            } else {
                try walk.forwards()
                if arguments(follow) { try walk.follow() }
            }
            return ExitCode.done
        }
    }
}

/// One walk through the log.
private struct Walk {
    let ledger: Ledger
    let out: Output
    var filter: EventFilter
    var start: Position = 0
    var end: Position?
    var left: Int
    let isRedacted: Bool

    init(
        _ ledger: Ledger, _ arguments: Arguments, _ types: [EventType]?, _ out: Output
    ) throws {
        self.ledger = ledger
        self.out = out
        filter = FilterOptions.filter(arguments, types: types)
        filter.source = arguments(ShowEvents.source).map { EventFilter(source: $0).source } ?? nil
        filter.text = arguments(ShowEvents.text).map { Array($0.utf8) }
        left = arguments(ShowEvents.limit) ?? .max
        isRedacted = arguments(ShowEvents.redact)
        let now = try ledger.now()
        switch arguments(ShowEvents.from) {
        case .position(let position)?: start = position
        case let word?:
            filter.from = word.instant(now: now)
            // Nothing counts later than it is recorded, so that what was recorded before is older.
            start = try ledger.position(recordedAt: filter.from ?? .epoch)
        case nil: if arguments(ShowEvents.follow) { start = try ledger.count() }
        }
        switch arguments(ShowEvents.to) {
        case .position(let position)?: end = position == .max ? nil : position + 1
        case let word?: filter.to = word.instant(now: now)
        case nil: break
        }
    }

    /// Whether more is wanted.
    private var isOpen: Bool { left > 0 && out.results.failure == 0 }

    private mutating func show(_ event: borrowing EventView) throws {
        let isJSON = out.isJSON
        let line: (borrowing EventView) -> String = {
            isJSON ? CloudEvent.text($0) : EventLine.text($0)
        }
        out.line(isRedacted ? line(event) : try ledger.withOpened(event, line))
        left -= 1
    }

    mutating func forwards() throws {
        guard isOpen, end.map({ start < $0 }) ?? true else { return }
        let next = try ledger.forEachEvent(from: start, to: end, where: filter) { event in
            try show(event)
            return isOpen
        }
        start = next
    }

    mutating func backwards() throws {
        try ledger.forEachEventBackwards(
            from: start, before: min(end ?? .max, try ledger.count()), where: filter
        ) { event in
            try show(event)
            return isOpen
        }
    }

    /// Shows what is appended, until interrupted, or nobody reads, or enough was shown.
    ///
    /// Every 20 ms the writers' hint says whether there is more; once a second the log itself is
    /// asked, because a writer that was killed left no hint.
    mutating func follow() throws {
        LocalHost.watchInterrupts()
        var rounds = 0
        while isOpen, end.map({ start < $0 }) ?? true {
            out.flush()
            if LocalHost.isInterrupted || LocalHost.isClosed(1) { return }
            SystemThread.sleep(nanoseconds: 20_000_000)
            rounds += 1
            if try ledger.countHint > start || rounds % 50 == 0 && ledger.count() > start {
                try forwards()
            }
        }
    }
}
