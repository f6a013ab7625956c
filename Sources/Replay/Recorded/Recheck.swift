public import Events
public import Gate
public import Ledger
public import Views

/// Whether every recorded decision comes out again, bit for bit.
public struct Recheck: Sendable, Equatable {
    /// A decision that does not come out again.
    public struct Difference: Sendable, Equatable {
        /// The place of the recorded decision.
        public let position: Position
        /// The first member that differs: `facts`, `policy`, `verdict`, `rules`, `not_before`,
        /// `expires`, `would`, `pace`, `lane` or `retry_at`.
        public let member: String
    }

    /// Decisions that came out as they are recorded.
    public internal(set) var equal = 0
    /// Decisions that did not, in log order.
    public internal(set) var different: [Difference] = []
    /// Decisions by rules of another version, which are not made again.
    public internal(set) var otherEngine = 0

    /// Decisions that were looked at.
    public var count: Int { equal + different.count + otherEngine }
}

extension Replay {
    /// Makes every recorded decision of a stretch of the log again, in log order, under the policy
    /// that was in force, and compares the two.
    ///
    /// - Throws: ``LedgerError`` where a record is damaged; `PolicyError` where an applied policy
    ///   is none that this version reads.
    public static func recorded(_ ledger: Ledger, _ range: ReplayRange) throws -> Recheck {
        var known: (position: Position, policy: Policy)?
        return try recorded(ledger, range) { position in
            if let known, known.position == position { return known.policy }
            let text = try ledger.withEvent(at: position) { $0.text(.text) ?? "" }
            let policy = try Policy.parse(text)
            known = (position, policy)
            return policy
        }
    }

    /// The same with policies from elsewhere.
    static func recorded(
        _ ledger: Ledger, _ range: ReplayRange, policies: (Position) throws -> Policy
    ) throws -> Recheck {
        var result = Recheck()
        var tables = Tables(tags: ledger.identity.tags)
        tables.ids.isActive = false
        tables.messageIDs.isActive = false
        try ledger.forEachEvent(to: try ledger.count()) { event in
            if range.isOver(at: event) { return false }
            if range.side(of: event) == .inside {
                if Gate.isDecision(event.type), !Gate.isCount(recorded: event) {
                    try result.compare(event, in: &tables, policies)
                } else if Gate.isAnswered(event) {
                    try result.compare(answer: event, of: ledger, in: &tables, policies)
                }
            }
            Fold.evolve(&tables, by: event)
            return true
        }
        return result
    }
}

extension Recheck {
    fileprivate mutating func compare(
        _ event: borrowing EventView, in tables: inout Tables,
        _ policies: (Position) throws -> Policy
    ) throws {
        switch try Self.compare(event, in: &tables, policies) {
        case .equal: equal += 1
        case .otherEngine: otherEngine += 1
        case .different(let member):
            different.append(Difference(position: event.position, member: member))
        }
    }

    /// What making one recorded decision again gave.
    public enum Outcome: Sendable, Equatable {
        /// It came out as it is recorded.
        case equal
        /// It was made by rules of another version.
        case otherEngine
        /// It came out otherwise, first in that member.
        case different(String)
    }

    /// Makes one recorded decision again, on the state before it.
    ///
    /// - Parameter policies: The policy at a position.
    public static func compare(
        _ event: borrowing EventView, in tables: inout Tables,
        _ policies: (Position) throws -> Policy
    ) throws -> Outcome {
        if let version = Gate.engineVersion(recorded: event), version != Gate.engineVersion {
            return .otherEngine
        }
        guard let facts = Facts(recorded: event), let old = Gate.decision(recorded: event) else {
            return .different("facts")
        }
        let control = tables.control.find(RateScope.ledger.key()).map { tables.control[$0].policy }
        guard control == facts.policy + 1 else { return .different("policy") }
        let new = Gate.decide(
            PreparedRequest(recorded: event), recorded: facts, under: try policies(facts.policy),
            in: &tables)
        return old.firstDifference(from: new).map { .different($0) } ?? .equal
    }
}

extension Recheck {
    /// Makes the answer to a recorded `attempted` again, on the state before it.
    fileprivate mutating func compare(
        answer event: borrowing EventView, of ledger: Ledger, in tables: inout Tables,
        _ policies: (Position) throws -> Policy
    ) throws {
        guard Gate.engineVersion(recorded: event) == Gate.engineVersion else {
            otherEngine += 1
            return
        }
        let position = event.position
        guard let reservation = event.reservation, let policy = event.integer(.policy) else {
            different.append(Difference(position: position, member: "facts"))
            return
        }
        var report = SendReport(reservation, .attempted)
        report.attempt = event.text(.attempt)
        report.instance = event.text(.instance)
        let facts = Facts(
            now: event.recorded, policy: Position(bitPattern: policy), random: 0)
        let request = try ledger.withEvent(at: reservation.position) {
            PreparedRequest(recorded: $0)
        }
        let verdict = Gate.attempted(
            report, row: tables.reservation(at: reservation.position), request: request, facts,
            under: try policies(facts.policy), in: &tables)
        if verdict.go != event.flag(.go) {
            different.append(Difference(position: position, member: "go"))
        } else if verdict.because != event.texts(.because) {
            different.append(Difference(position: position, member: "because"))
        } else {
            equal += 1
        }
    }
}

extension Decision {
    fileprivate func firstDifference(from other: Decision) -> String? {
        if verdict != other.verdict { return "verdict" }
        if findings != other.findings { return "rules" }
        if notBefore != other.notBefore { return "not_before" }
        if expires != other.expires { return "expires" }
        if joined != other.joined { return "reservation" }
        if would != other.would { return "would" }
        if pace != other.pace { return "pace" }
        // What was recorded before the lane was says nothing of it.
        if let lane, lane != other.lane { return "lane" }
        return retryAt == other.retryAt ? nil : "retry_at"
    }
}
