/// May this message be sent? Requests, rules, and one pure decision.
///
/// # Basics
/// - A caller parses a ``SendRequest`` and prepares it (``PreparedRequest``) outside the writer's
///   lock. Inside the lock, ``Gate/decide(_:_:under:in:)`` judges it by every active rule.
/// - ``Gate/draft(_:_:_:source:id:)`` turns the decision into `send.reserved` or `send.refused`;
///   ``Gate/decision(recorded:)`` and ``PreparedRequest/init(recorded:)`` read both back for
///   replay.
/// - What the provider said afterwards comes in as a ``SendReport``.
/// - What a person writes is read by ``ConsentWords``; ``Conversation`` says what follows from it
///   for consent.
///
/// # Caveats
/// - The room is pure: now, chance and the policy come in with the question.
/// - A lease ends by itself: counts are the same whether or not `send.expired` stands in the log.
/// - A person is all that links make one with it (``PersonGroup``): what a rule asks of a person
///   it asks of all members. Sends to any of them count together, the latest message of any opens
///   the service window, and what one withdrew or declined no other's grant takes back. Two things
///   are counted per member, which is stricter: `platform.recipients`, and the cold contacts that
///   `breaker` counts. Nothing goes to a group of more than ``PersonGroup/membersMax`` members.
/// - That a key was used for another request is the writer's to find: only the log knows what was
///   asked.
public import Events
public import Views

/// The gate: judges requests and reports against the views.
public enum Gate {
    /// The version of the rules' arithmetic, recorded with every decision.
    ///
    /// 4: attempts, keys judged as a rule, leases that end by themselves, the first moment at which
    /// all rules pass together.
    public static let engineVersion: Int64 = 4

    /// The rules that the gate applies, in the order of ``Rule``'s numbers.
    static let judges: [any Judge.Type] = [
        EmergencyStop.self, Pause.self, ModeRule.self, SingleInstance.self, Grace.self,
        BacklogRule.self, DuplicateKey.self, DuplicateContent.self, DuplicateBusiness.self,
        SlidingLimits.self, Spacing.self, SubjectCooldown.self, PersonDay.self, Chain.self,
        PlatformThroughput.self, PlatformPair.self, PlatformRecipients.self,
        PlatformMarketing.self, ConsentRule.self, ServiceWindow.self, TemplateRule.self, Quiet.self,
        PacingRule.self, Breaker.self, Inflight.self, QualityRule.self,
    ]

    /// Looks up the quiet time that holds where a request goes at a moment, or the next one.
    public typealias QuietLookup = (Instant) -> Circumstances.Span?

    /// Judges a request by every active rule: a pure function of its arguments.
    ///
    /// `tables` is `inout` because reading may copy rows up from a checkpoint; nothing is changed.
    /// - Parameters:
    ///   - request: what is asked, prepared outside the lock.
    ///   - facts: now, the policy's position and the chance of this decision; what `quiet` finds is
    ///     added, so that the same decision can be made again without it.
    ///   - policy: the policy in force.
    ///   - tables: the views as of the last event before this decision.
    ///   - quiet: finds quiet times at moments to which the request would have to wait; nil for a
    ///     decision that is made again.
    /// - Returns: the strictest verdict, and what each rule says.
    public static func decide(
        _ request: PreparedRequest, _ facts: inout Facts, under policy: Policy,
        in tables: inout Tables, quiet: QuietLookup? = nil
    ) -> Decision {
        let policy = policy.effective(for: request)
        var hearing = Hearing(request, facts, under: policy)
        hearing.introduce(in: &tables)
        if let shared = DuplicateKey.shared(hearing, in: &tables) {
            return join(shared.position, shared.row)
        }
        hear(&hearing, in: &tables)
        settle(&hearing, &facts, in: &tables, quiet)
        return hearing.decision
    }

    /// What each rule says of a request at this moment alone, whatever comes later: what
    /// ``decide(_:_:under:in:quiet:)`` begins with.
    public static func findings(
        _ request: PreparedRequest, _ facts: Facts, under policy: Policy, in tables: inout Tables
    ) -> [Finding] {
        var hearing = Hearing(request, facts, under: policy.effective(for: request))
        hearing.introduce(in: &tables)
        hear(&hearing, in: &tables)
        return hearing.findings
    }

    /// The answer to an ask that shares a reservation.
    private static func join(_ position: Position, _ row: ReservationRow) -> Decision {
        let finding = Finding(
            .duplicateKey, scope: .ledger, verdict: .send, observed: Int64(row.asks.count),
            limit: Int64(ReservationRow.asksMax), evidence: Finding.Evidence(position))
        var decision = Decision(
            verdict: .send, findings: [finding], notBefore: row.notBefore, expires: row.expires)
        decision.joined = position
        return decision
    }

    private static func hear(_ hearing: inout Hearing, in tables: inout Tables) {
        let isOverridden = hearing.facts.circumstances.isOverridden
        for judge in judges where !(hearing.isCritical && judge.isSkippedByCritical) {
            if isOverridden, judge.isSkippedByCritical || judge == SubjectCooldown.self { continue }
            judge.judge(&hearing, in: &tables)
        }
        hearing.refuseEndless()
    }

    /// How many moments are tried for one at which all rules pass.
    private static let probesMax = 256

    /// Finds the first moment at which all rules let a request pass that has to wait.
    ///
    /// If nothing else happens: each moment that some rule asks for is judged as if it were now.
    /// Where a rule refuses there, it refuses at once: to wait would not help.
    private static func settle(
        _ hearing: inout Hearing, _ facts: inout Facts, in tables: inout Tables,
        _ quiet: QuietLookup?
    ) {
        guard hearing.strictest == .wait, var next = hearing.nextRetry else { return }
        hearing.retryAt = next
        // What becomes of the other send is known by then, and nothing is promised.
        if let until = hearing.undecidedUntil {
            hearing.retryAt = until
            return
        }
        var at = facts.now
        var opens = CriticalLane.opens(for: hearing, in: &tables)
        for _ in 0..<probesMax {
            // Fewer rules judge what takes the lane of critical answers.
            if let opens { next = min(next, opens) }
            // An estimate of the account's quality may change at midnight, and with it limits.
            if hearing.ratings != nil { next = min(next, at.nextDay) }
            var later = facts
            later.now = next
            if let span = quiet?(next) {
                facts.circumstances.add(span)
                later.circumstances.add(span)
            }
            var probe = Hearing(hearing.request, later, under: hearing.policy)
            probe.introduce(in: &tables)
            hear(&probe, in: &tables)
            hearing.take(later: probe)
            hearing.retryAt = next
            opens = CriticalLane.opens(for: probe, in: &tables)
            guard probe.strictest == .wait, let retry = probe.nextRetry, retry > next else {
                return
            }
            at = next
            next = retry
        }
    }

    /// Judges a request as ``decide(_:_:under:in:quiet:)`` does, from facts that say all.
    public static func decide(
        _ request: PreparedRequest, recorded facts: Facts, under policy: Policy,
        in tables: inout Tables
    ) -> Decision {
        var facts = facts
        return decide(request, &facts, under: policy, in: &tables)
    }
}

extension Hearing {
    /// Learns of whom the request speaks, before the rules are heard.
    mutating func introduce(in tables: inout Tables) {
        group = tables.group(of: keys.person)
        chats = tables.chats(of: keys, group)
        learnMode(from: &tables)
        lane = CriticalLane.taken(by: self, in: &tables)
        ratings = QualityRule.ratings(for: self, in: &tables)
    }
}

extension Instant {
    /// The next midnight (UTC).
    fileprivate var nextDay: Instant {
        let day = Nanoseconds.day.count
        let passed = ((nanoseconds % day) + day) % day
        return advanced(by: Nanoseconds(day - passed))
    }
}
