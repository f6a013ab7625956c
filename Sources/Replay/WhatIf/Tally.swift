import Bytes
public import Events

/// Attempts per source and per subject.
public struct Tally: Sendable {
    /// One source.
    public struct Source: Sendable, Equatable {
        /// The source.
        public let name: String
        /// Its attempts.
        public let attempts: Int
        /// Its first start that the log knows of, or nil.
        public let started: Instant?
        /// How often it started after that.
        public let restarts: Int
    }

    /// One subject.
    public struct Subject: Sendable, Equatable {
        /// The subject; nil for attempts without one.
        public let name: String?
        /// Attempts about it.
        public let attempts: Int
        /// Attempts minus one per business key or else subject.
        public let duplicates: Int
    }

    /// All attempts; coalesced ones count as often as they were made.
    public private(set) var attempts = 0
    private var bySource: [String: Int] = [:]
    private var bySubject: [String: (attempts: Int, keys: Set<Fingerprint>)] = [:]
    private var withoutSubject = 0
    private var starts: [Fingerprint: (first: Instant, count: Int)] = [:]

    /// Adds an attempt.
    mutating func add(_ attempt: Attempt) {
        attempts += attempt.count
        bySource[attempt.source, default: 0] += attempt.count
        guard let subject = attempt.subject else {
            withoutSubject += attempt.count
            return
        }
        bySubject[subject, default: (0, [])].attempts += attempt.count
        bySubject[subject, default: (0, [])].keys.insert(attempt.key)
    }

    /// Adds a start of a process, from before the range or within it; passes over anything else.
    mutating func addStart(_ event: borrowing EventView) {
        guard event.type == .instanceStarted else { return }
        let known = starts[event.nameFingerprint(.source)]
        starts[event.nameFingerprint(.source)] = (
            min(known?.first ?? .latest, event.effective), 1 + (known?.count ?? 0)
        )
    }

    /// Every source that attempted, by name.
    public var sources: [Source] {
        bySource.map { name, attempts in
            let lives = starts[Fingerprint(of: name)]
            return Source(
                name: name, attempts: attempts, started: lives?.first,
                restarts: max(0, (lives?.count ?? 0) - 1))
        }.sorted(byName: \.name)
    }

    /// Every subject that was attempted, by name; attempts without a subject, which repeat nothing
    /// that could be named, come last.
    public var subjects: [Subject] {
        let named = bySubject.map { name, about in
            Subject(
                name: name, attempts: about.attempts, duplicates: about.attempts - about.keys.count)
        }
        let rest = Subject(name: nil, attempts: withoutSubject, duplicates: 0)
        return named.sorted(byName: { $0.name ?? "" }) + (withoutSubject > 0 ? [rest] : [])
    }
}
