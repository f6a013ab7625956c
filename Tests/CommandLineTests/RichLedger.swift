import Events
import Storage
import TestSupport
import Testing

/// A sealed ledger of which every view and verb has something to say, made by the command line:
/// events of every type that anyone may append, asks, reports, claims, labels, consent, links,
/// orders, and one who was erased.
struct RichLedger {
    static let ours = "+27110000001"
    static let thandi = "+27820000001"
    static let thandiJID = "27820000001@s.whatsapp.net"
    static let bob = "+27820000002"
    static let stopper = "+27820000003"
    static let forgotten = "+27820000004"
    static let newcomer = "+27820000005"
    static let team = "120363000000000001@g.us"

    let place: EndToEnd.Place
    /// What the first five asks were answered with.
    private(set) var reservations: [String?] = []
    /// Two policies in force, then beside it.
    private(set) var policies: [String] = []

    init(in place: EndToEnd.Place) throws {
        self.place = place
        policies = [
            try place.file(
                "policy.yaml",
                """
                rate_limits: {messages_per_day: 1000, cooldown_between_same_drop: 60}
                people: {messages_per_day: 50}
                duplicates: {content_window: 3600}
                consent: {service_window: 86400}
                breaker: {codes_check: true}
                templates: {check: true}

                """),
            try place.file("strict.yaml", "rate_limits: {messages_per_day: 1}\n"),
        ]
        try run(
            "policy", "apply", policies[0], "--by", "ann", "--why", "a test", "--now",
            "2025-10-01T08:00:00Z")
        let all = try place.file("all.ndjson", Self.everyType(times: 10))
        try run("append", all)
        try hear()
        try ask()
        try report()
        try hearMore()
        try queue()
        try order()
    }

    // MARK: - Running

    @discardableResult
    private func run(_ words: String..., lines: [String] = []) throws -> Finished {
        let input = lines.map { $0 + "\n" }.joined()
        let done = try EndToEnd.run(["--ledger", place.ledger] + words, input: input)
        #expect(done.code == 0, "\(words): \(done.out)\(done.err)")
        #expect(!done.out.contains("\"error\""), "\(words): \(done.out)")
        return done
    }

    /// The examples of the event types that anyone may append, about ten persons.
    static func everyType(times: Int) throws -> String {
        let folder =
            #filePath.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast(2).joined(separator: "/") + "/Fixtures/events/"
        var lines = ""
        var number = 0
        for round in 0..<times {
            for type in EventType.allCases where type.author == .anyone {
                let bytes = try Descriptor.contents(of: folder + "\(type.name).v1.json")
                guard case .object(let members) = try JSONValue.parse(bytes.span) else { continue }
                number += 1
                let time = "2025-10-01T09:\(two(number / 60)):\(two(number % 60))Z"
                let event = members.map { member in
                    switch member.name {
                    case "id": JSONValue.Member("id", .text("example \(number)"))
                    case "time": JSONValue.Member("time", .text(time))
                    case "data": JSONValue.Member("data", about(round, member.value))
                    default: member
                    }
                }
                var json = JSONWriter()
                JSONValue.object(event).write(to: &json)
                lines += json.text + "\n"
            }
        }
        return lines
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func about(_ round: Int, _ data: JSONValue) -> JSONValue {
        guard case .object(let members) = data else { return data }
        return .object(
            members.map {
                $0.name == "person" ? .init("person", .text("+2783000000\(round)")) : $0
            })
    }

    private static func event(
        _ id: String, _ type: String, _ time: String, _ data: String, subject: String? = nil
    ) -> String {
        let about = subject.map { ",\"subject\":\"\($0)\"" } ?? ""
        return "{\"specversion\":\"1.0\",\"id\":\"\(id)\",\"source\":\"test/rich\",\"type\":"
            + "\"\(type)\",\"time\":\"2025-10-01T\(time)Z\"\(about),\"data\":{\(data)}}"
    }

    // MARK: - What happens

    private func hear() throws {
        let ours = "\"account\":\"\(Self.ours)\""
        try run(
            "append", "-",
            lines: [
                Self.event(
                    "own 1", "message.received", "10:00:00",
                    ours + ",\"person\":\"\(Self.thandi)\",\"message\":\"wamid.in1\","
                        + "\"text\":\"hello, my photo is there\",\"name\":\"Thandi\"",
                    subject: "DR1"),
                Self.event(
                    "own 2", "message.received", "10:00:01",
                    ours + ",\"chat\":\"\(Self.team)\",\"person\":\"\(Self.bob)\","
                        + "\"message\":\"wamid.in2\",\"text\":\"DR2 done\",\"name\":\"Bob\"",
                    subject: "DR2"),
                Self.event(
                    "own 3", "item.flagged", "10:00:02",
                    "\"steps\":[\"photo\"],\"person\":\"\(Self.thandi)\"", subject: "DR1"),
                Self.event(
                    "own 4", "message.received", "10:00:03",
                    ours + ",\"person\":\"\(Self.stopper)\",\"message\":\"wamid.in3\","
                        + "\"text\":\"STOP\""),
                Self.event(
                    "own 5", "consent.granted", "10:00:04",
                    "\"person\":\"\(Self.thandiJID)\",\"category\":\"marketing\","
                        + "\"wording\":\"yes please\""),
                Self.event(
                    "own 6", "instance.started", "10:00:05",
                    "\"role\":\"monitor\",\"instance\":\"m1\""),
                Self.event(
                    "own 7", "template.status", "10:00:05",
                    ours + ",\"template\":\"welcome\",\"status\":\"APPROVED\""),
                Self.event(
                    "own 8", "message.received", "10:00:06",
                    ours + ",\"person\":\"\(Self.forgotten)\",\"message\":\"wamid.in4\","
                        + "\"text\":\"a secret of mine\""),
                Self.event(
                    "own 9", "message.received", "10:00:07",
                    ours + ",\"person\":\"\(Self.thandi)\",\"text\":\"read in an export\","
                        + "\"provenance\":\"export\""),
            ])
    }

    private mutating func ask() throws {
        func request(_ second: Int, _ members: String) -> String {
            "{\"now\":\"2025-10-01T10:01:\(Self.two(second))Z\",\"account\":\"\(Self.ours)\","
                + "\(members)}"
        }
        let monitor = "\"role\":\"monitor\",\"instance\":\"m1\""
        let answers = try run(
            "ask", "-",
            lines: [
                request(
                    0,
                    "\"key\":\"k1\",\"attempt\":\"a1\",\"person\":\"\(Self.thandiJID)\","
                        + "\"subject\":\"DR9\",\"text\":\"we saw your photo\",\(monitor)"),
                request(
                    1,
                    "\"key\":\"k2\",\"chat\":\"\(Self.team)\",\"person\":\"\(Self.bob)\","
                        + "\"subject\":\"DR2\",\"text\":\"one photo is missing\",\(monitor)"),
                request(2, "\"person\":\"\(Self.thandi)\",\"text\":\"and another\""),
                request(3, "\"person\":\"\(Self.stopper)\",\"text\":\"are you there?\""),
                request(
                    4,
                    "\"key\":\"k5\",\"person\":\"\(Self.newcomer)\",\"template\":\"welcome\","
                        + "\"text\":\"welcome!\""),
            ])
        reservations = answers.json.map { $0["reservation"]?.text }
        #expect(
            answers.json.map { $0["verdict"]?.text } == ["send", "send", "wait", "refuse", "send"])
        #expect(answers.json[2]["because"]?.texts == ["inflight"])
        #expect(answers.json[3]["because"]?.texts == ["consent"])
    }

    private func report() throws {
        func report(_ second: Int, _ index: Int, _ members: String) -> String {
            "{\"now\":\"2025-10-01T10:01:\(Self.two(second))Z\",\"reservation\":"
                + "\"\(reservations[index] ?? "")\",\(members)}"
        }
        try run(
            "report", "-",
            lines: [
                report(5, 0, "\"outcome\":\"attempted\",\"attempt\":\"a1\""),
                report(
                    6, 0,
                    "\"outcome\":\"accepted\",\"attempt\":\"a1\",\"message\":\"wamid.out1\""),
                report(7, 1, "\"outcome\":\"attempted\""),
                report(
                    8, 1, "\"outcome\":\"failed\",\"code\":131049,\"message\":\"wamid.out2\""),
                report(9, 4, "\"outcome\":\"attempted\""),
            ])
    }

    private func hearMore() throws {
        try run(
            "append", "-",
            lines: [
                Self.event(
                    "own 10", "message.delivered", "10:02:00",
                    "\"account\":\"\(Self.ours)\",\"message\":\"wamid.out1\""),
                Self.event(
                    "own 11", "message.labelled", "10:02:01",
                    "\"message\":\"wamid.in1\",\"label\":\"business\",\"reviewer\":\"zola\""),
                Self.event(
                    "own 12", "message.sent", "10:02:02",
                    "\"account\":\"\(Self.ours)\",\"person\":\"\(Self.thandi)\","
                        + "\"message\":\"wamid.stray\",\"text\":\"typed by hand\""),
                Self.event(
                    "own 13", "send.attempted", "10:02:03",
                    "\"account\":\"+27110000009\",\"person\":\"+27820000006\","
                        + "\"text\":\"imported\"", subject: "DR7"),
            ])
    }

    private func queue() throws {
        func message(_ key: String, _ person: String, _ text: String) -> String {
            "{\"key\":\"\(key)\",\"account\":\"\(Self.ours)\",\"person\":\"\(person)\","
                + "\"text\":\"\(text)\",\"role\":\"crier\"}"
        }
        try run(
            "queue", "-",
            lines: [
                message("q1", Self.thandi, "queued for Thandi"),
                message("q2", Self.bob, "queued for Bob"),
            ])
        let claimed = try run(
            "claim", "--role", "crier", "--json", "--now", "2025-10-01T10:03:00Z")
        #expect(claimed.out.contains("queued for"), "\(claimed.out)")
        try run("person", "link", Self.thandi, Self.bob, "--by", "ann", "--why", "one phone")
    }

    private func order() throws {
        let by = ["--by", "ann", "--why", "a test"]
        try run("policy", "shadow", "strict", policies[1], by[0], by[1], by[2], by[3])
        try run(
            "ask", "-",
            lines: [
                "{\"now\":\"2025-10-01T10:04:00Z\",\"account\":\"\(Self.ours)\",\"person\":"
                    + "\"\(Self.newcomer)\",\"template\":\"welcome\",\"text\":\"again\"}"
            ])
        try run(
            "pause", "--account", "+27110000007", "--hours", "1", by[0], by[1], by[2], by[3])
        try run("stop", "--chat", "120363000000000009@g.us", by[0], by[1], by[2], by[3])
        try run("mode", "dry-run", by[0], by[1], by[2], by[3])
        try run("mode", "live", by[0], by[1], by[2], by[3])
        try run("erase", Self.forgotten, by[0], by[1], by[2], by[3])
    }
}
