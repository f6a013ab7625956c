import Bytes
import Events
import Gate
import Testing
import Views

@Suite struct `A send request` {
    private func parse(
        _ json: String, role: String? = nil, instance: String? = nil
    ) throws(EventError) -> SendRequest {
        try SendRequest(
            parsing: try JSONValue.parse(json), environment: (role: role, instance: instance))
    }

    private func refusal(_ json: String) -> EventError? {
        do {
            _ = try parse(json)
            return nil
        } catch { return error }
    }

    @Test func `reads every member`() throws {
        let request = try parse(
            #"""
            {"key":"k","account":"a","chat":"c","person":"p","subject":"s","steps":["1","2"],
            "submission":3,"category":"utility","purpose":"message",
            "template":{"name":"t","language":"en"},"text":"x","zone":"Africa/Johannesburg",
            "reply":"mention","critical":true,"role":"r","instance":"i"}
            """#)
        var expected = SendRequest.to(
            chat: "c", person: "p", account: "a", subject: "s", steps: ["1", "2"], submission: 3,
            text: "x")
        expected.key = "k"
        expected.category = "utility"
        expected.purpose = "message"
        expected.template = #"{"name":"t","language":"en"}"#
        expected.zone = "Africa/Johannesburg"
        expected.reply = "mention"
        expected.critical = true
        expected.role = "r"
        expected.instance = "i"
        #expect(request == expected)
    }

    @Test func `takes role and instance from the environment where it names none`() throws {
        let absent = try parse(#"{"chat":"c"}"#, role: "r", instance: "i")
        #expect(absent.role == "r")
        #expect(absent.instance == "i")
        let own = try parse(#"{"chat":"c","role":"own"}"#, role: "r", instance: "")
        #expect(own.role == "own")
        #expect(own.instance == nil)
    }

    @Test func `takes null as left out`() throws {
        #expect(try parse(#"{"chat":"c","person":null,"steps":null}"#) == parse(#"{"chat":"c"}"#))
    }

    @Test func `refuses a member that it does not know, and says which was meant`() {
        let error = refusal(#"{"chat":"c","acount":"a"}"#)
        #expect(error?.code == .wrongMember)
        #expect(error?.message == "A request has no member `acount`; did you mean `account`?")
        #expect(refusal(#"{"chat":"c","to":"a"}"#)?.message == "A request has no member `to`.")
    }

    @Test(arguments: [
        (#"{"chat":5}"#, "chat"), (#"{"chat":""}"#, "chat"), (#"{"person":["p"]}"#, "person"),
        (#"{"chat":"c","steps":"1"}"#, "steps"), (#"{"chat":"c","steps":[1]}"#, "steps"),
        (#"{"chat":"c","steps":[""]}"#, "steps"), (#"{"chat":"c","submission":0}"#, "submission"),
        (#"{"chat":"c","submission":"1"}"#, "submission"),
        (#"{"chat":"c","submission":1.5}"#, "submission"),
        (#"{"chat":"c","category":"spam"}"#, "category"),
        (#"{"chat":"c","purpose":"fun"}"#, "purpose"), (#"{"chat":"c","reply":1}"#, "reply"),
        (#"{"chat":"c","critical":"yes"}"#, "critical"),
        (#"{"chat":"c","template":{}}"#, "template"),
        (#"{"chat":"c","template":{"name":"t","language":1}}"#, "template"),
        (#"{"chat":"c","text":{}}"#, "text"),
    ])
    func `refuses a wrong value, naming the member`(_ json: String, _ member: String) {
        let error = refusal(json)
        #expect(error?.code == .wrongMember)
        #expect(error?.message.contains("`\(member)`") == true)
    }

    @Test func `refuses what is no object, what goes to nobody and what is too large`() {
        #expect(refusal("[]")?.code == .invalid)
        #expect(refusal(#"{"text":"x"}"#)?.code == .missingMember)
        let text = String(repeating: "x", count: SendRequest.textBytesMax)
        #expect(refusal(#"{"chat":"c","text":"\#(text)"}"#)?.code == .tooLarge)
    }
}

@Suite struct `A prepared request` {
    private let request = SendRequest.to(
        chat: "g@g.us", person: "p", subject: "DR1", steps: ["2", "5", "2"], submission: 1,
        text: "x"
    ) {
        $0.key = "k"
        $0.category = "utility"
        $0.template = #""name""#
        $0.critical = true
        $0.instance = "i"
        $0.role = "r"
    }

    @Test(arguments: [true, false]) func `comes back equal from its record, reserved or refused`(
        _ isSealed: Bool
    ) {
        var world = World()
        world.isSealed = isSealed
        _ = world.ask(request)
        world.append(.sendingStopped)
        _ = world.ask(request)
        for index in [0, 2] {
            let rebuilt = world.read(index) { PreparedRequest(recorded: $0) }
            let prepared = world.prepare(request)
            if !isSealed { #expect(rebuilt == prepared) }
            #expect(rebuilt.digest == prepared.digest && rebuilt.key == prepared.key)
            #expect(rebuilt.keys == prepared.keys && rebuilt.text == prepared.text)
            #expect(world.read(index) { SendKeys($0) } == rebuilt.keys)
        }
    }

    @Test func `has the digest of every request that asks the same`() {
        let digest = PreparedRequest(request).digest
        var same = request
        same.key = "other"
        same.instance = "restarted"
        same.role = nil
        same.steps = ["5", "2"]
        #expect(PreparedRequest(same).digest == digest)
        let changes: [(inout SendRequest) -> Void] = [
            { $0.account = "b" }, { $0.chat = "h@g.us" }, { $0.person = nil },
            { $0.subject = "DR2" },
            { $0.steps = ["2"] }, { $0.submission = nil }, { $0.category = nil },
            { $0.purpose = "message" }, { $0.template = nil }, { $0.text = "y" },
            { $0.zone = "z" }, { $0.reply = "chat" }, { $0.critical = false },
        ]
        for change in changes {
            var other = request
            change(&other)
            #expect(PreparedRequest(other).digest != digest)
        }
    }

    @Test func `does not take a text for another member's`() {
        let one = PreparedRequest(.to(chat: "g@g.us", account: "a"))
        let other = PreparedRequest(.to(chat: "g@g.us", person: "a", account: nil))
        #expect(one.digest != other.digest)
    }

    @Test func `reads an imported attempt as a request`() {
        var world = World()
        world.isSealed = false
        world.append(.sendAttempted) {
            $0.add(.chat, text: "g@g.us")
            $0.add(.template, text: "name")
        }
        let request = world.read(0) { PreparedRequest(recorded: $0).request }
        #expect(request.chat == "g@g.us")
        #expect(request.template == #""name""#)
    }
}
