import Bytes
import Events
import Testing

@Suite struct `A chain of upcasters` {
    func step(_ from: Int, _ to: Int) -> Upcaster {
        Upcaster(.messageReceived, from: from, to: to) { _ in }
    }

    func fault(_ steps: [Upcaster], now version: Int) -> EventError? {
        do throws(EventError) {
            _ = try Upcasters(steps, versions: { $0 == .messageReceived ? version : 1 })
            return nil
        } catch { return error }
    }

    @Test func `form a chain without gaps`() {
        #expect(fault([], now: 1) == nil)
        #expect(fault([step(2, 3), step(1, 2)], now: 3) == nil)
    }

    @Test func `refuse a gap, a cycle, a duplicate, a jump and an end that is not the current one`()
    {
        #expect(fault([step(1, 2), step(3, 4)], now: 4)?.code == .brokenChain)
        #expect(fault([step(1, 2), step(2, 1)], now: 2)?.code == .brokenChain)
        #expect(fault([step(1, 2), step(1, 2)], now: 2)?.message.contains("two steps") == true)
        #expect(fault([step(1, 3)], now: 3)?.code == .brokenChain)
        #expect(fault([step(1, 2)], now: 3)?.code == .brokenChain)
        #expect(fault([step(1, 2)], now: 1)?.code == .brokenChain)
        #expect(fault([step(2, 3)], now: 3)?.code == .brokenChain)
    }

    @Test func `raise an older record step by step when it is read, and leave the stored one`()
        throws
    {
        let steps = [
            Upcaster(.messageReceived, from: 2, to: 3) { $0[.zone] = .text("UTC") },
            Upcaster(.messageReceived, from: 1, to: 2) { members in
                members[.name] = members[.text]
                members[.text] = nil
            },
        ]
        let upcasters = try Upcasters(steps, versions: { $0 == .messageReceived ? 3 : 1 })
        let json = message(#"{"text":"hi","x":1}"#, #","time":"2025-10-01T16:51:02.5+02:00""#)
        let stored = try parse(json).get().draft.sealed(at: 7, recorded: recorded)
        let raised = try #require(try view(stored) { upcasters.current($0) })
        let text = try view(raised) { CloudEvent.text($0) }
        let value = try JSONValue.parse(text)
        #expect(try value["data"] == JSONValue.parse(#"{"name":"hi","zone":"UTC","x":1}"#))
        #expect(value["time"]?.text == "2025-10-01T16:51:02.5+02:00")
        #expect(value["sequence"]?.text == "00000000000000000007")
        #expect(try view(raised) { $0.version } == 3)
        #expect(try view(stored) { $0.version } == 1)
        #expect(try view(raised) { upcasters.current($0) } == nil)
    }
}
