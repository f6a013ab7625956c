import Bytes
import Events
import Gate
import Testing
import Views

/// A person who writes, and a ledger that reads it as the writer does.
struct Talk {
    var world = World { policy in
        policy.consent.texts.request = "?"
        policy.consent.isRequired = true
    }
    let words = ConsentWords()
    /// What was suggested and not handed out yet.
    var queued: [(reply: Conversation.Reply, position: Position)] = []
    /// What went out.
    var sent: [(reply: Conversation.Reply, position: Position)] = []
    var outcomes: [Conversation.Outcome] = []
    let person: Fingerprint

    init() { person = world.person("p") }

    /// The person writes at a second that may lie in the past.
    mutating func hear(_ text: String, at second: Int64? = nil, inGroup: Bool = false) {
        let time = second.map(World.at)
        world.append(.messageReceived, at: time) {
            $0.add(.person, text: "p")
            $0.add(.text, text: text)
        }
        let effective = min(time ?? world.now, world.now)
        let message = Conversation.Message(
            time: effective, isLive: world.now.since(effective) < Conversation.liveFor,
            isInGroup: inGroup)
        let outcome = Conversation(with: person, in: &world.tables)
            .hear(words.read(text), message)
        outcomes.append(outcome)
        for event in outcome.events {
            world.append(event.type, at: effective) {
                $0.add(.person, text: "p")
                if event.category != .all { $0.add(.category, text: event.category.name) }
            }
        }
        if let lane = outcome.lane {
            world.append(.messageClassified, at: effective) {
                $0.add(.person, text: "p")
                $0.add(.message, text: "m")
                $0.add(.lane, text: lane)
                $0.add(.ruleset, text: "consent")
            }
        }
        for reply in outcome.replies {
            let position = world.append(.sendQueued) {
                $0.add(.person, text: "p")
                $0.add(.purpose, text: reply.purpose)
            }
            queued.append((reply, position))
        }
    }

    /// A role claims the first that waits.
    mutating func claim() {
        guard !queued.isEmpty else { return }
        let next = queued.removeFirst()
        guard
            !world.tables.isOvertaken(
                queued: next.position, to: person, for: next.reply.purpose)
        else { return }
        let request = SendRequest.to(person: "p") { $0.purpose = next.reply.purpose }
        let asked = world.ask(request)
        if asked.decision.verdict == .send { sent.append((next.reply, next.position)) }
    }

    var last: Conversation.Outcome { outcomes[outcomes.count - 1] }
    mutating func standing() -> ConsentStanding { world.tables.standing(of: person) }
}

@Suite struct `A conversation about consent` {
    @Test func `asks who is new, once, and takes the answer`() {
        var talk = Talk()
        #expect(talk.standing() == .unknown)
        talk.hear("hello")
        #expect(talk.last.replies == [.request])
        talk.hear("anybody?")
        #expect(talk.last.replies.isEmpty, "the request waits already")
        talk.claim()
        #expect(talk.sent.map(\.reply) == [.request])
        #expect(talk.standing() == .asked)
        talk.world.clock(60)
        talk.hear("Yes")
        #expect(talk.last.events.map(\.type) == [.consentGranted])
        #expect(talk.last.replies == [.optInConfirmation])
        #expect(talk.standing() == .granted)
        talk.hear("yes")
        #expect(talk.last == Conversation.Outcome(), "the request was answered")
    }

    @Test func `takes a no, and asks no more`() {
        var talk = Talk()
        talk.hear("hello")
        talk.claim()
        talk.world.clock(60)
        talk.hear("no")
        #expect(talk.last.events.map(\.type) == [.consentDeclined])
        #expect(talk.last.replies == [.decline])
        #expect(talk.standing() == .declined)
        talk.hear("hello again")
        #expect(talk.last == Conversation.Outcome())
        talk.world.clock(120)
        talk.hear("START")
        #expect(talk.standing() == .regranted)
    }

    @Test func `gives a yes without a question no meaning`() {
        var talk = Talk()
        talk.hear("YES")
        #expect(talk.last.events.isEmpty)
        #expect(talk.last.replies == [.request])
        #expect(talk.standing() == .unknown)
    }

    @Test func `takes a yes as an answer only to what was asked before it`() {
        var talk = Talk()
        talk.world.clock(10_000)
        talk.hear("hello")
        talk.claim()
        talk.hear("yes", at: 5_000)
        #expect(talk.last.events.isEmpty)
        #expect(talk.standing() == .asked)
    }

    @Test func `confirms an opt-out once, however often it is repeated`() {
        var talk = Talk()
        talk.hear("stop")
        #expect(talk.last.replies == [.optOutConfirmation])
        talk.hear("STOP!!")
        #expect(talk.last.events.map(\.type) == [.consentWithdrawn])
        #expect(talk.last.replies.isEmpty)
        talk.claim()
        #expect(talk.sent.count == 1)
        let confirmation = SendRequest.to(person: "p") { $0.purpose = "confirmation" }
        #expect(talk.world.decide(confirmation)[.consent]?.verdict == .refuse)
        talk.hear("stop")
        #expect(talk.world.decide(confirmation)[.consent]?.verdict == .refuse)
        #expect(talk.standing() == .withdrawn)
    }

    @Test func `lets a confirmation go that was overtaken`() {
        var talk = Talk()
        talk.hear("start")
        talk.world.clock(1)
        talk.hear("stop")
        talk.claim()
        #expect(talk.sent.isEmpty, "it would say that the person is in")
        talk.claim()
        #expect(talk.sent.map(\.reply) == [.optOutConfirmation])
    }

    @Test func `does not confirm what an opt-out stands against`() {
        var talk = Talk()
        talk.world.clock(100)
        talk.hear("stop", at: 90)
        talk.hear("start", at: 80)
        #expect(talk.last.events.map(\.type) == [.consentGranted])
        #expect(talk.last.replies.isEmpty, "it was said before the opt-out")
        #expect(talk.standing() == .withdrawn)
    }

    @Test func `opts in again in every category that was closed`() {
        var talk = Talk()
        talk.world.append(.consentWithdrawn) {
            $0.add(.person, text: "p")
            $0.add(.category, text: "marketing")
        }
        talk.world.clock(10)
        talk.hear("unstop")
        #expect(Set(talk.last.events.map(\.category)) == [.all, .marketing])
        let row = talk.world.tables.knownPerson(talk.person)
        #expect(row.isGranted(.marketing) && row.isGranted(.utility))
        talk.hear("start")
        #expect(talk.last.events.isEmpty, "nothing is closed")
    }

    @Test func `holds what would be sent while a tail is looked at`() {
        var talk = Talk()
        talk.world.policy.consent.isRequired = false
        let early = talk.world.reserve(.to(person: "p"))
        talk.hear("STOP 12345")
        #expect(talk.last.lane == "review" && talk.last.replies.isEmpty)
        let finding = talk.world.decide(.to(person: "p"))[.consent]
        #expect(finding?.verdict == .refuse)
        #expect(finding?.reason.contains("review") == true)
        #expect(finding?.evidence?.last == 2)
        #expect(!talk.world.judge(early, .attempted).go)
        talk.world.append(.messageLabelled) {
            $0.add(.person, text: "p")
            $0.add(.message, text: "other")
            $0.add(.label, text: "order")
        }
        #expect(talk.world.decide(.to(person: "p"))[.consent]?.verdict == .refuse)
        talk.world.append(.messageLabelled) {
            $0.add(.person, text: "p")
            $0.add(.message, text: "m")
            $0.add(.label, text: "order")
        }
        #expect(talk.world.decide(.to(person: "p"))[.consent]?.verdict == .send)
    }

    @Test func `lets go what it held when the person opts in`() {
        var talk = Talk()
        talk.hear("stop please")
        talk.world.clock(5)
        talk.hear("start")
        #expect(talk.world.decide(.to(person: "p"))[.consent]?.verdict == .send)
        #expect(talk.standing() == .granted)
    }

    @Test func `answers a question for support for a day, at most once in ten minutes`() {
        var talk = Talk()
        talk.hear("stop")
        talk.hear("SUPPORT")
        #expect(talk.last.lane == "support" && talk.last.replies == [.support])
        talk.hear("privacy policy")
        #expect(talk.last.lane == "privacy" && talk.last.replies.isEmpty)
        let reply = SendRequest.to(person: "p") { $0.purpose = "support_reply" }
        #expect(talk.world.decide(reply)[.consent]?.verdict == .send)
        #expect(talk.world.decide(reply, at: World.at(86_401))[.consent]?.verdict == .refuse)
        talk.world.clock(700)
        talk.hear("support")
        #expect(talk.last.replies == [.support])
    }

    @Test func `takes an opt-out from a group, and nothing else`() {
        var talk = Talk()
        talk.hear("hello", inGroup: true)
        #expect(talk.last == Conversation.Outcome())
        talk.hear("support", inGroup: true)
        #expect(talk.last == Conversation.Outcome())
        talk.hear("stop", inGroup: true)
        #expect(talk.last.events.map(\.type) == [.consentWithdrawn])
        #expect(talk.last.replies.isEmpty)
    }

    @Test func `answers nothing that is old`() {
        var talk = Talk()
        talk.world.clock(1_000)
        talk.hear("stop", at: 400)
        #expect(talk.last.events.count == 1 && talk.last.replies.isEmpty)
        talk.hear("start", at: 401)
        #expect(talk.last.replies == [.optInConfirmation], "599 seconds old")
    }

    @Test func `is not changed by a yes of last year that arrives after an opt-out`() {
        var talk = Talk()
        talk.world.append(.consentRequested, at: World.at(10)) { $0.add(.person, text: "p") }
        talk.world.clock(31_536_000)
        talk.hear("stop")
        talk.hear("yes", at: 20)
        #expect(talk.last.events.map(\.type) == [.consentGranted], "it is evidence all the same")
        #expect(talk.last.replies.isEmpty)
        #expect(talk.standing() == .withdrawn)
        talk.hear("start", at: 30)
        #expect(talk.standing() == .withdrawn)
    }
}
