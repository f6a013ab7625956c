import Bytes
public import Events
import Gate
import Storage
import Views

/// What a process claims from the queue.
public struct Claim: Sendable {
    /// The role whose messages it hands out; nil for those of no role.
    public var role: String?
    /// Which process of the role it is.
    public var instance: String?
    /// One try of one worker: the same again is answered with what it was handed out that is still
    /// open; nil makes an attempt of its own for each message.
    public var attempt: String?
    /// At most so many, 1 to 100; the policy's batch may be smaller.
    public var most: Int

    /// A claim.
    public init(
        role: String?, instance: String? = nil, attempt: String? = nil, most: Int
    ) {
        self.role = role
        self.instance = instance
        self.attempt = attempt
        self.most = min(max(most, 1), 100)
    }
}

/// Queued messages that would go as one, as the caller found them.
struct ClaimPart: Sendable {
    let queued: [Position]
    let request: SealedRequest
}

/// A message that the same claim was handed out before, as the caller found it.
struct ClaimRepeat: Sendable {
    let position: Position
    let message: ClaimedMessage
}

/// A claim on its way to the writer.
struct ClaimWork: Sendable {
    let role: Fingerprint
    /// The claim's attempt; none where each message gets one of its own.
    let attempt: Fingerprint
    let most: Int
    let parts: [ClaimPart]
    let repeats: [ClaimRepeat]
}

extension Ledger {
    /// How many waiting messages a claim looks at.
    private static let lookedAtMax = 256
    /// How many a claim tries beyond those that it may hand out.
    private static let triedBeyond = 16

    /// Hands out messages that wait for a role, each as a reservation.
    ///
    /// The order is fair: first one message of each person, then the next of each. A message that
    /// the gate makes wait is tried again at the gate's moment, and one that it refuses after a
    /// minute, until it is given up. Each is handed out with an attempt, whose holder reports
    /// `attempted` before it sends: what expires without that is handed out again, what expires
    /// after it never is.
    /// - Throws: ``LedgerError`` with `noPolicy`, `busy`, `storage`.
    public func claim(_ claim: Claim, now: Instant? = nil) async throws(LedgerError) -> ClaimOutcome
    {
        let result = await withCheckedContinuation { continuation in
            submitClaim(claim, now: now) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Claims, and calls `answer` once the reservations are durable, on the writer's thread.
    public func submitClaim(
        _ claim: Claim, now: Instant? = nil,
        answer: @escaping @Sendable (Result<ClaimOutcome, LedgerError>) -> Void
    ) {
        submitClaim(claim, now: now, tries: 0, answer: answer)
    }

    private func submitClaim(
        _ claim: Claim, now: Instant?, tries: Int,
        answer: @escaping @Sendable (Result<ClaimOutcome, LedgerError>) -> Void
    ) {
        let work: ClaimWork
        do throws(LedgerError) { work = try gather(claim, now) } catch {
            return answer(.failure(error))
        }
        submit(.claim(work), now: now) { result in
            // The same claim was answered in between: it is gathered anew, off the writer's thread.
            if case .failure(let error) = result, error.code == .rerouted, tries < 8 {
                let isStarted = SystemThread.tryToStart {
                    self.submitClaim(claim, now: now, tries: tries + 1, answer: answer)
                }
                if isStarted { return }
            }
            answer(
                result.flatMap { outcome in
                    if case .claimed(let claimed) = outcome { return .success(claimed) }
                    return .failure(LedgerError(.invalid, "no answer"))
                })
        }
    }

    /// Reads, opens and seals what may be handed out; the writer checks that it still waits.
    private func gather(_ claim: Claim, _ moved: Instant?) throws(LedgerError) -> ClaimWork {
        do {
            try SendRequest.checkNames([
                ("role", claim.role), ("instance", claim.instance), ("attempt", claim.attempt),
            ])
            let policy = try policyInForce().map { try Policy.parse($0.1) } ?? Policy()
            let role = claim.role.map { Fingerprint(of: $0) } ?? .none
            let attempt = claim.attempt.map { Fingerprint(of: $0) } ?? .none
            let (groups, open) = try withState { moment in
                let time = max(moment.now, moved ?? moment.now)
                // What is released by then waits again, whether or not the log says so yet.
                let found =
                    moment.tables.released(for: role, at: time)
                    + moment.tables.waiting(for: role, at: time, limit: Self.lookedAtMax)
                return (
                    Self.fair(found, &moment.tables, merges: policy.queue.merges),
                    moment.tables.claimed(under: attempt, by: role, at: time)
                )
            }
            return ClaimWork(
                role: role, attempt: attempt, most: claim.most,
                parts: try parts(of: groups, claim, policy, moved),
                repeats: try open.compactMap { try handedOut(at: $0) })
        } catch { throw LedgerError(any: error) }
    }

    /// The messages of each group as one, as far as they fit into one; the rest follows the other
    /// groups.
    private func parts(
        of groups: [[Position]], _ claim: Claim, _ policy: Policy, _ moved: Instant?
    ) throws -> [ClaimPart] {
        var groups = groups
        var parts: [ClaimPart] = []
        var at = 0
        while at < groups.count, parts.count < claim.most + Self.triedBeyond {
            let merged = try merged(groups[at], claim, policy)
            if !merged.rest.isEmpty { groups.append(merged.rest) }
            at += 1
            guard let request = merged.request else { continue }
            do {
                let routed = try routed(request, now: moved)
                try routed.check()
                let prepared = PreparedRequest(routed)
                let sealed = try SealedRequest(prepared, lookUp(prepared, now: moved), sealer)
                parts.append(ClaimPart(queued: request.queued, request: sealed))
            } catch {
                // It does not keep the others waiting: it is tried again until it is given up.
                guard LedgerError(any: error).code == .invalid else { throw error }
            }
        }
        return parts
    }

    /// A message that was handed out, as its reservation says; nil where it can be read no more.
    private func handedOut(at position: Position) throws -> ClaimRepeat? {
        try withOpenEvent(at: position) { event in
            guard event.type == .sendReserved, event.sealedFields.isEmpty,
                let decision = Gate.decision(recorded: event)
            else { return nil }
            let policy = try withEvent(at: Position(clamping: event.integer(.policy) ?? 0)) {
                policy in
                policy.text(.hash) ?? ""
            }
            let request = PreparedRequest(recorded: event)
            let answer = AskOutcome(
                request: request, decision: decision, now: event.recorded,
                reservation: identity.tags.reservation(at: position), policy: policy,
                position: position, isReplayed: true)
            return ClaimRepeat(
                position: position,
                message: ClaimedMessage(answer: answer, queued: request.queued))
        }
    }

    /// One message of each person, then the second of each, and so on; with `merges`, those that
    /// may go as one stay together.
    private static func fair(
        _ positions: [Position], _ tables: inout Tables, merges: Bool
    ) -> [[Position]] {
        var groups: [[Position]] = []
        var places: [Fingerprint: Int] = [:]
        var turns: [Fingerprint: Int] = [:]
        var order: [(turn: Int, group: Int)] = []
        for position in inTurn(positions, &tables) {
            guard let slot = tables.queued.find(Fingerprint(UInt128(position))) else { continue }
            let row = tables.queued[slot]
            let recipient = row.keys.chat.paired(with: row.keys.person)
            let kind = recipient.paired(with: row.keys.account)
                .paired(with: Fingerprint(UInt128(row.keys.category.rawValue) | 1 << 91))
            if merges, row.isPlain, let place = places[kind] {
                groups[place].append(position)
                continue
            }
            if merges, row.isPlain { places[kind] = groups.count }
            let reader = row.keys.person == .none ? row.keys.chat : row.keys.person
            order.append((turns[reader, default: 0], groups.count))
            turns[reader, default: 0] += 1
            groups.append([position])
        }
        return order.sorted { ($0.turn, $0.group) < ($1.turn, $1.group) }.map { groups[$0.group] }
    }

    /// The messages to each recipient in the order in which they were queued, however often each
    /// was tried.
    private static func inTurn(
        _ positions: [Position], _ tables: inout Tables
    ) -> [Position] {
        var recipients: [Fingerprint] = []
        var queued: [Fingerprint: [Position]] = [:]
        for position in positions {
            let slot = tables.queued.find(Fingerprint(UInt128(position)))
            let keys = slot.map { tables.queued[$0].keys } ?? SendKeys()
            let recipient = keys.chat.paired(with: keys.person)
            recipients.append(recipient)
            queued[recipient, default: []].append(position)
        }
        // The last is taken first.
        for recipient in queued.keys { queued[recipient]?.sort(by: >) }
        return recipients.compactMap { queued[$0]?.popLast() }
    }

    /// What one message to a person holds at most: what a platform takes in one text.
    private static let charactersMax = 4_096
    private static let bytesMax = 4 * charactersMax

    /// The request of one message, or of as many of a group as go into one text.
    ///
    /// It is nil where none of them can be read any more; the rest are those that did not fit.
    private func merged(
        _ group: [Position], _ claim: Claim, _ policy: Policy
    ) throws -> (request: SendRequest?, rest: [Position]) {
        let form = policy.queue.mergedText ?? "{texts}"
        var texts: [String] = []
        var taken: [Position] = []
        var first: SendRequest?
        for (index, position) in group.enumerated() {
            let request = try withOpenEvent(at: position) { event -> SendRequest? in
                guard event.type == .sendQueued, event.sealedFields.isEmpty else { return nil }
                return PreparedRequest(recorded: event).request
            }
            guard let request else { continue }
            let text = request.text ?? ""
            guard first == nil || Self.fits(Self.text(of: texts + [text], in: form)) else {
                return (Self.request(first, taken, texts, form, claim), Array(group[index...]))
            }
            texts.append(text)
            taken.append(position)
            first = first ?? request
        }
        return (Self.request(first, taken, texts, form, claim), [])
    }

    private static func fits(_ text: String) -> Bool {
        text.utf8.count <= bytesMax && text.count <= charactersMax
    }

    private static func text(of texts: [String], in form: String) -> String {
        form
            .replacing("{count}", with: "\(texts.count)")
            .replacing("{texts}", with: texts.joined(separator: "\n\n"))
    }

    private static func request(
        _ first: SendRequest?, _ taken: [Position], _ texts: [String], _ form: String,
        _ claim: Claim
    ) -> SendRequest? {
        guard var request = first else { return nil }
        // Its keys are those of the queued messages.
        request.key = nil
        request.queued = taken
        request.role = claim.role
        request.instance = claim.instance
        request.attempt = claim.attempt ?? "claim-\(UInt64.random(in: .min ... .max))"
        if taken.count > 1 { request.text = text(of: texts, in: form) }
        return request
    }
}

extension Tables {
    /// The queued messages of a role whose reservations are released by `now`, and of which no
    /// event says so yet.
    mutating func released(for role: Fingerprint, at now: Instant) -> [Position] {
        var ended: [Position] = []
        forEachReleased(role == .none ? .ledger : .role, role, at: now) { ended.append($0) }
        return ended.flatMap { position -> [Position] in
            guard let row = reservation(at: position), row.keys.role == role else { return [] }
            return queuedMessages(of: position, row)
        }
    }

    /// The queued messages that a reservation was claimed for.
    private mutating func queuedMessages(
        of position: Position, _ row: ReservationRow
    ) -> [Position] {
        var found: [Position] = []
        var next = row.queued
        while next > 0, let slot = queued.find(Fingerprint(UInt128(next - 1))),
            queued[slot].reservation == position + 1
        {
            found.append(next - 1)
            next = queued[slot].next
        }
        return found
    }

    /// The reservations that a claim was handed out, and that are open and not attempted.
    mutating func claimed(
        under attempt: Fingerprint, by role: Fingerprint, at now: Instant
    ) -> [Position] {
        guard attempt != .none else { return [] }
        var open: [Position] = []
        let scope: RateScope = role == .none ? .ledger : .role
        forEachOpen(scope, role, at: now) { stamp, isReleasable in
            if isReleasable { open.append(stamp.position) }
        }
        return open.sorted().filter { position in
            guard let row = reservation(at: position) else { return false }
            return row.queued > 0 && row.asks.first == attempt && row.keys.role == role
        }
    }
}
