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
    /// At most so many, 1 to 100; the policy's batch may be smaller.
    public var most: Int

    /// A claim.
    public init(role: String?, instance: String? = nil, most: Int) {
        self.role = role
        self.instance = instance
        self.most = min(max(most, 1), 100)
    }
}

/// Queued messages that would go as one, as the caller found them.
struct ClaimPart: Sendable {
    let queued: [Position]
    let request: SealedRequest
}

/// A claim on its way to the writer.
struct ClaimWork: Sendable {
    let role: Fingerprint
    let most: Int
    let parts: [ClaimPart]
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
    /// minute, until it is given up. Nothing is handed out twice: a reservation that expires
    /// without a report is not handed out again.
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
        let work: ClaimWork
        do throws(LedgerError) { work = try gather(claim, now) } catch {
            return answer(.failure(error))
        }
        submit(.claim(work), now: now) { result in
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
            let policy = try policyInForce().map { try Policy.parse($0.1) } ?? Policy()
            let role = claim.role.map { Fingerprint(of: $0) } ?? .none
            let groups: [[Position]] = try withState { moment in
                let time = max(moment.now, moved ?? moment.now)
                let found = moment.tables.waiting(
                    for: role, at: time, limit: Self.lookedAtMax)
                return Self.fair(found, &moment.tables, merges: policy.queue.merges)
            }
            var parts: [ClaimPart] = []
            for group in groups.prefix(claim.most + Self.triedBeyond) {
                guard let request = try request(of: group, claim, policy) else { continue }
                let prepared = try PreparedRequest(routed(request))
                let sealed = try SealedRequest(
                    prepared, lookUp(prepared, now: moved), sealer)
                parts.append(ClaimPart(queued: group, request: sealed))
            }
            return ClaimWork(role: role, most: claim.most, parts: parts)
        } catch { throw LedgerError(any: error) }
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
        for position in positions {
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

    /// The request of one message, or of several as one; nil where it cannot be read any more.
    private func request(
        of group: [Position], _ claim: Claim, _ policy: Policy
    ) throws -> SendRequest? {
        var texts: [String] = []
        var first: SendRequest?
        for position in group {
            let request = try withOpenEvent(at: position) { event -> SendRequest? in
                guard event.type == .sendQueued, event.sealedFields.isEmpty else { return nil }
                return PreparedRequest(recorded: event).request
            }
            guard let request else { return nil }
            texts.append(request.text ?? "")
            first = first ?? request
        }
        guard var request = first else { return nil }
        // The queue has seen to the key; the gate would answer a second claim with the first.
        request.key = nil
        request.role = claim.role
        request.instance = claim.instance
        if group.count > 1 {
            let form = policy.queue.mergedText ?? "{texts}"
            request.text =
                form
                .replacing("{count}", with: "\(texts.count)")
                .replacing("{texts}", with: texts.joined(separator: "\n\n"))
        }
        return request
    }
}
