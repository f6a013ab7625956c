import Bytes
import Events
import Testing

@Suite struct `Temporary hex` {
    @Test func `is printed`() throws {
        let draft = try CloudEvent.parse(
            contents("Tests/Fixtures/events/ledger.adopted.v1.json").span
        ).draft
        let hex = draft.sealed(at: 1_041, recorded: recorded).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }.joined()
        print("HEX:\(hex)")
    }
}
