import Bytes
import Events
import TestSupport
import Testing
import Views

@Suite struct `Records of one message` {
    private let chat = "1@g.us"

    @Test func `count once, whichever comes first, under the best identified`() {
        for order in [["export", "bridge", "webhook"], ["webhook", "bridge", "export"]] {
            var history = History()
            for provenance in order { heard(&history, provenance, "DR1", second: 130) }
            let subject = history.subject()
            #expect(subject.submissions == 1)
            let best = Position(order.firstIndex(of: "webhook") ?? 0)
            #expect(subject.recent.map(\.stamp.position) == [best])
            #expect(history.person("+webhook").inbound == 1)
            for other in ["+bridge", "+export"] { #expect(history.person(other).inbound == 0) }
        }
    }

    @Test func `are told apart by chat, minute and text`() {
        var history = History()
        heard(&history, "export", "DR1", second: 130)
        heard(&history, "bridge", "DR2", second: 130)
        heard(&history, "bridge", "DR1", second: 190)
        heard(&history, "bridge", "DR1", second: 130, chat: "2@g.us")
        #expect(history.subject().submissions == 3)
        #expect(history.subject("DR2").submissions == 1)
    }

    @Test func `are matched in their order, the n-th with the n-th`() {
        var history = History()
        for _ in 0..<3 { heard(&history, "export", "DR1", second: 120) }
        heard(&history, "bridge", "DR1", second: 125, message: "a")
        heard(&history, "bridge", "DR1", second: 126, message: "b")
        let subject = history.subject()
        #expect(subject.submissions == 3)
        #expect(Set(subject.recent.map(\.stamp.position)) == [3, 4, 2])
    }

    @Test func `are matched by the provider's id before their order`() {
        var history = History()
        heard(&history, "bridge", "DR1", second: 125, message: "a", person: "+a")
        heard(&history, "bridge", "DR1", second: 126, message: "b", person: "+b")
        heard(&history, "webhook", "DR1", second: 126, message: "b", person: "+b")
        #expect(Set(history.subject().recent.map(\.stamp.position)) == [0, 2])
        // The same delivery by another way repeats it.
        heard(&history, "webhook", "DR1", second: 126, message: "b", person: "+b")
        #expect(history.subject().submissions == 2)
        #expect(history.person("+a").inbound == 1 && history.person("+b").inbound == 1)
    }

    @Test func `do not bring back what was revoked`() {
        var history = History()
        heard(&history, "bridge", "DR1", second: 125, message: "a")
        history.given(.messageRevoked, now: 500) {
            $0.add(.subject, text: "DR1")
            $0.add(.message, text: "a")
        }
        heard(&history, "webhook", "DR1", second: 125, message: "a")
        #expect(history.subject().submissions == 0)
        #expect(history.subject().recent == [])
    }

    @Test func `without a provenance are never compared`() {
        var history = History()
        for _ in 0..<2 { heard(&history, nil, "DR1", second: 125) }
        #expect(history.subject().submissions == 2)
        #expect(history.tables.sightings.count == 0 && history.tables.likenesses.count == 0)
    }

    @Test func `are counted beyond the number that is told apart`() {
        var history = History()
        for number in 0..<100 {
            heard(&history, "webhook", "DR1", second: 125, message: "w\(number)")
            heard(&history, "bridge", "DR1", second: 125, message: "b\(number)")
        }
        for _ in 0..<120 { heard(&history, "export", "DR1", second: 120) }
        #expect(history.subject().submissions == 120)
        heard(&history, "bridge", "DR1", second: 125, message: "late")
        #expect(history.subject().submissions == 120)
    }

    @Test func `of our own count in every window once`() {
        for order in [["export", "webhook"], ["webhook", "export"]] {
            var history = History()
            for provenance in order { wrote(&history, provenance, "hello", second: 130) }
            #expect(history.sends(in: 86_400, now: 600) == 1)
            // The webhook says the second, the export the minute alone.
            let window = history.tables.window(
                .account, Fingerprint(of: "a"), length: .seconds(86_400), limit: 1, at: at(600))
            #expect(window.first == Position(order.firstIndex(of: "webhook") ?? 0))
        }
    }

    @Test func `that the gate granted count as its reservation, whenever they come`() {
        for reportsFirst in [true, false] {
            var history = History()
            let reservation = history.reserve(now: 120, expires: 150, text: "hello")
            if !reportsFirst { wrote(&history, "bridge", "hello", second: 125, message: "m") }
            history.given(.sendAccepted, now: 600, time: 125) {
                $0.add(.reservation, reservation: reservation)
                $0.add(.message, text: "m")
            }
            if reportsFirst { wrote(&history, "bridge", "hello", second: 125, message: "m") }
            #expect(history.sends(in: 86_400, now: 700) == 1)
            // Nor does another record of the same message.
            wrote(&history, "webhook", "hello", second: 126, message: "m")
            wrote(&history, "export", "hello", second: 120)
            #expect(history.sends(in: 86_400, now: 700) == 1)
            wrote(&history, "bridge", "hello", second: 127, message: "other")
            #expect(history.sends(in: 86_400, now: 700) == 2)
        }
    }

    @Test func `say what each provenance covers of a chat`() {
        var history = History()
        for second in [60, 600, 1_200] as [Int64] {
            heard(&history, "export", "DR1", second: second)
        }
        heard(&history, "webhook", "DR1", second: 605)
        heard(&history, "webhook", "DR2", second: 1_300)
        let row = history.row(\.coverage, Fingerprint(of: chat))
        #expect(row[.export].count == 3 && row[.webhook].count == 2)
        #expect(!row.isCovered(at(60), better: .export))
        #expect(row.isCovered(at(1_200), better: .export))
        #expect(!row.isCovered(at(1_200), better: .webhook))
    }

    private func heard(
        _ history: inout History, _ provenance: String?, _ subject: String, second: Int64,
        chat: String? = nil, message: String? = nil, person: String? = nil
    ) {
        history.given(.messageReceived, now: 10_000, time: second) {
            $0.add(.account, text: "a")
            $0.add(.chat, text: chat ?? self.chat)
            $0.add(.person, text: person ?? "+\(provenance ?? "nobody")")
            $0.add(.subject, text: subject)
            $0.add(.text, text: "\(subject) done")
            $0.add(.message, text: message)
            $0.add(.provenance, text: provenance)
        }
    }

    private func wrote(
        _ history: inout History, _ provenance: String, _ text: String, second: Int64,
        message: String? = nil
    ) {
        history.given(.sendAttempted, now: 600, time: second) {
            $0.add(.account, text: "a")
            $0.add(.chat, text: chat)
            $0.add(.text, text: text)
            $0.add(.message, text: message)
            $0.add(.provenance, text: provenance)
        }
    }
}

@Suite struct `One history from several sources` {
    @Test(arguments: 0..<4)
    func `gives the counts of the true history in any order`(_ part: UInt64) {
        for seed in part * 150..<(part + 1) * 150 {
            var delivery = Delivery(seed: seed)
            if let difference = delivery.run() {
                Issue.record("seed \(seed): \(difference)")
                return
            }
        }
    }
}

/// Random chats, delivered through one to three sources.
private struct Delivery {
    /// One message as it was.
    struct Truth: Hashable {
        var chat: Int
        var person: Int
        var text: Int
        var second: Int64
        var isOwn: Bool
        var number: Int
    }

    /// What cannot be told apart but by order.
    struct Like: Hashable {
        var chat: Int
        var text: Int
        var minute: Int64
        var isOwn: Bool
    }

    private var events: RandomEvents
    private var history = History()

    init(seed: UInt64) { events = RandomEvents(seed: seed) }

    /// Delivers a history; answers where the counts differ from it.
    mutating func run() -> String? {
        let sources = Array(
            Provenance.allCases.shuffled(using: &events.random).prefix(
                1 + events.below(3)))
        let truth = (0..<10 + events.below(60)).map { message($0) }
        let buckets = Dictionary(grouping: truth) {
            Like(chat: $0.chat, text: $0.text, minute: $0.second / 60, isOwn: $0.isOwn)
        }
        var records: [(Truth, Provenance)] = []
        var best: [Like: Provenance] = [:]
        for (like, messages) in buckets.sorted(by: { $0.value[0].number < $1.value[0].number }) {
            // One source at least holds them; another may have lost them.
            let whole = sources[events.below(sources.count)]
            for source in sources {
                let loses = source != whole && events.isOne(in: 2)
                if !loses { records += messages.map { ($0, source) } }
            }
            let present = Set(records.filter { messages.contains($0.0) }.map(\.1))
            best[like] = present.max()
        }
        records.shuffle(using: &events.random)
        for (truth, source) in records {
            deliver(truth, source)
            // The same delivery again, by another webhook.
            if source != .export, events.isOne(in: 6) { deliver(truth, source) }
        }
        return difference(from: truth, best)
    }

    private mutating func message(_ number: Int) -> Truth {
        Truth(
            chat: events.below(2), person: events.below(3), text: events.below(3),
            second: Int64(6_000 + events.below(300)), isOwn: events.isOne(in: 3), number: number)
    }

    private mutating func deliver(_ truth: Truth, _ source: Provenance) {
        let name = source == .export ? "name:\(truth.person)" : "+\(truth.person)"
        let second = source == .export ? truth.second / 60 * 60 : truth.second
        history.given(truth.isOwn ? .sendAttempted : .messageReceived, now: 20_000, time: second) {
            $0.add(.account, text: "a")
            $0.add(.chat, text: "\(truth.chat)@g.us")
            if !truth.isOwn {
                $0.add(.person, text: name)
                $0.add(.subject, text: "DR\(truth.text)")
            }
            $0.add(.text, text: "DR\(truth.text) done")
            if source != .export { $0.add(.message, text: "\(source) \(truth.number)") }
            $0.add(.provenance, text: source.name)
        }
    }

    private mutating func difference(
        from truth: [Truth], _ best: [Like: Provenance]
    ) -> String? {
        for text in 0..<3 {
            let row = history.subject("DR\(text)")
            let count = truth.count { $0.text == text && !$0.isOwn }
            if Int(row.submissions) != count {
                return "DR\(text): \(row.submissions) submissions of \(count)"
            }
            if row.recent.count != min(4, count) { return "DR\(text): \(row.recent.count) kept" }
        }
        for person in 0..<3 {
            for isExport in [true, false] {
                let name = isExport ? "name:\(person)" : "+\(person)"
                let count = truth.count {
                    let like = Like(
                        chat: $0.chat, text: $0.text, minute: $0.second / 60, isOwn: false)
                    return !$0.isOwn && $0.person == person && (best[like] == .export) == isExport
                }
                let found = history.person(name).inbound
                if Int(found) != count { return "\(name): \(found) messages of \(count)" }
                let key = Fingerprint(of: "a").paired(with: Fingerprint(of: name))
                let contacts = history.row(\.contacts, key).inbound
                if contacts != found { return "\(name): \(contacts) to the account" }
            }
        }
        for chat in 0..<2 {
            let sends = history.tables.window(
                .chat, Fingerprint(of: "\(chat)@g.us"), length: .day, limit: .max, at: at(20_000))
            let count = truth.count { $0.chat == chat && $0.isOwn }
            if sends.count != count { return "chat \(chat): \(sends.count) sends of \(count)" }
        }
        return nil
    }
}
