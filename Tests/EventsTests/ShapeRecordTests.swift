import Bytes
import Events
import TestSupport
import Testing

@Suite struct `The shape of a stored record` {
    @Test func `is that of its type, for all that a caller may append`() throws {
        var events = RandomEvents(seed: 3)
        for _ in 0..<300 {
            #expect(fault(of: events.next()) == nil)
            #expect(fault(of: events.nextOrder()) == nil)
        }
    }

    @Test func `lacks what its type needs`() {
        let status = DraftBuilder(.messageDelivered, source: "s", id: "1")
        #expect(fault(of: status.finish()!) == "it has no `message`")
        let attempt = DraftBuilder(.sendAttempted, source: "s", id: "1")
        #expect(fault(of: attempt.finish()!) == "it names nothing that it is about")
        var refusal = DraftBuilder(.sendRefused, source: "s", id: "1")
        refusal.add(.verdict, text: "perhaps")
        #expect(fault(of: refusal.finish()!) == "its member `verdict` has a value that is none")
    }

    private func fault(of draft: Draft) -> String? {
        let bytes = draft.sealed(at: 0, recorded: .epoch)
        guard let event = EventView(bytes.span) else { return "no record" }
        return event.shapeFault
    }
}
