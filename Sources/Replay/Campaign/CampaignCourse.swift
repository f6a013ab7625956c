import Bytes
import Events
import Gate
import Ledger
import Views

/// The world of a simulated campaign: a log that is folded and forgotten, and its clock.
struct CampaignCourse {
    var now: Instant
    private let plan: Campaign.Plan
    private var tables = Tables(tag: 1)
    private var count: Position = 0
    private var chance: SplitMix64
    private var granted: Reservation?

    /// An account, one process that has just started, and persons who agreed to be written to.
    init(_ plan: Campaign.Plan) {
        self.plan = plan
        now = plan.from
        chance = SplitMix64(seed: plan.seed)
        tables.ids.isActive = false
        tables.messageIDs.isActive = false
        append(.policyChanged) { $0.add(.text, text: "simulated") }
        append(.instanceStarted) {
            $0.add(.role, text: "campaign")
            $0.add(.instance, text: "campaign/1")
        }
    }

    /// The message of that number, from 0.
    mutating func request(_ number: Int) -> PreparedRequest {
        let person = "person \(number / max(1, plan.perPerson))"
        if plan.policy.consent.isRequired, number % max(1, plan.perPerson) == 0 {
            append(.consentGranted) { $0.add(.person, text: person) }
        }
        var request = SendRequest()
        request.account = "campaign"
        request.chat = person
        request.person = person
        request.text = "Message \(number)"
        request.template = "\"campaign\""
        request.category = plan.category
        request.zone = plan.zone
        request.role = "campaign"
        request.instance = "campaign/1"
        return PreparedRequest(request)
    }

    /// Asks the gate now; a permission is recorded.
    mutating func ask(_ request: PreparedRequest) -> Decision {
        let circumstances = Lookup.circumstances(
            of: request, under: plan.policy, now: now, zones: SystemZones.shared)
        var facts = Facts(
            now: now, policy: 0, random: chance.next(), circumstances: circumstances)
        let policy = plan.policy
        let decision = Gate.decide(request, &facts, under: policy, in: &tables) { moment in
            Lookup.quiet(of: request, under: policy, at: moment, zones: SystemZones.shared)
        }
        guard decision.verdict == .send else { return decision }
        let draft = try? Gate.draft(
            request, decision, facts, source: "gate", id: "\(count)",
            tags: ReservationTags(first: 1))
        // Its texts are the plan's own: they fit.
        guard let draft else { return decision }
        granted = Reservation(position: count, tag: 1)
        append(draft)
        return decision
    }

    /// The provider accepts what was granted.
    mutating func accept(at slot: Instant) {
        now = max(now, slot)
        guard let reservation = granted else { return }
        let report = SendReport(reservation, .accepted)
        if let draft = try? report.draft(source: "campaign", id: "\(count)") { append(draft) }
        granted = nil
    }

    private mutating func append(_ type: EventType, _ build: (inout DraftBuilder) -> Void) {
        var builder = DraftBuilder(type, source: "campaign", id: "\(count)")
        build(&builder)
        guard let draft = builder.finish() else { return }
        append(draft)
    }

    private mutating func append(_ draft: Draft) {
        let record = draft.sealed(at: count, recorded: now)
        if let event = EventView(record.span) { Fold.evolve(&tables, by: event) }
        count += 1
    }
}
