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
/// - Whoever decides records that `send.expired` was due first, so that counts do not depend on it.
/// - A person is all that links make one with it (``PersonGroup``): what a rule asks of a person
///   it asks of all members. Sends to any of them count together, the latest message of any opens
///   the service window, and what one withdrew or declined no other's grant takes back. Two things
///   are counted per member, which is stricter: `platform.recipients`, and the cold contacts that
///   `breaker` counts. Nothing goes to a group of more than ``PersonGroup/membersMax`` members.
/// - `duplicate.key` is the writer's: only the log knows which keys were used.
import Events
public import Views

/// The gate: judges requests and reports against the views.
public enum Gate {
    /// The version of the rules' arithmetic, recorded with every decision.
    public static let engineVersion: Int64 = 3

    /// The rules that the gate applies, in the order of ``Rule``'s numbers; `duplicate.key` is the
    /// writer's.
    static let judges: [any Judge.Type] = [
        EmergencyStop.self, Pause.self, ModeRule.self, SingleInstance.self, Grace.self,
        BacklogRule.self, DuplicateContent.self, DuplicateBusiness.self,
        SlidingLimits.self, Spacing.self, SubjectCooldown.self, PersonDay.self, Chain.self,
        PlatformThroughput.self, PlatformPair.self, PlatformRecipients.self,
        PlatformMarketing.self, ConsentRule.self, ServiceWindow.self, TemplateRule.self, Quiet.self,
        PacingRule.self, Breaker.self, Inflight.self, QualityRule.self,
    ]

    /// Judges a request by every active rule: a pure function of its arguments.
    ///
    /// `tables` is `inout` because reading may copy rows up from a checkpoint; nothing is changed.
    /// - Parameters:
    ///   - request: what is asked, prepared outside the lock.
    ///   - facts: now, the policy's position and the chance of this decision.
    ///   - policy: the policy in force.
    ///   - tables: the views as of the last event before this decision.
    /// - Returns: the strictest verdict, and what each rule says.
    public static func decide(
        _ request: PreparedRequest, _ facts: Facts, under policy: Policy,
        in tables: inout Tables
    ) -> Decision {
        var hearing = Hearing(request, facts, under: policy.effective(for: request))
        hearing.group = tables.group(of: hearing.keys.person)
        hearing.chats = tables.chats(of: hearing.keys, hearing.group)
        hearing.learnMode(from: &tables)
        hearing.isCritical = CriticalLane.takes(hearing, in: &tables)
        let isOverridden = facts.circumstances.isOverridden
        hearing.ratings = QualityRule.ratings(for: hearing, in: &tables)
        for judge in judges where !(hearing.isCritical && judge.isSkippedByCritical) {
            if isOverridden, judge.isSkippedByCritical || judge == SubjectCooldown.self { continue }
            judge.judge(&hearing, in: &tables)
        }
        hearing.settle()
        return hearing.decision
    }
}
