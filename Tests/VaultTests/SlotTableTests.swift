import Bytes
import Crypto
import TestSupport
import Testing

@testable import Vault

@Suite(.tags(.memory)) struct `A table of slots` {
    /// Keys that differ in few bits, so that many have one home or one tag.
    static func key(_ chance: inout SeededGenerator) -> Fingerprint {
        let low = UInt128([0, 1, 15, 16].randomElement(using: &chance)!)
        let high = UInt128(Int.random(in: 0..<5, using: &chance))
        return Fingerprint(high << 96 | UInt128(Int.random(in: 1..<3, using: &chance)) << 64 | low)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `leads to the slots that a search from the first one finds`(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        let capacity = 24
        var slots = [Slot](repeating: .free, count: capacity)
        var table = SlotTable(by: .alias, capacity: capacity)
        // Which slots lead; the first of each key does.
        for step in 0..<500 {
            let number = Int.random(in: 0..<capacity, using: &chance)
            if slots[number].state != .free {
                let first = slots.firstIndex { $0.alias == slots[number].alias }
                #expect(table.forget(number, in: slots) == (first == number), "seed \(seed)")
                let was = slots[number].alias
                slots[number] = .free
                let next = slots.firstIndex { $0.state != .free && $0.alias == was }
                if let next { table.lead(to: next, in: slots) }
            } else {
                slots[number] = Slot(state: .living, alias: Self.key(&chance))
                table.lead(to: number, in: slots)
            }
            for _ in 0..<10 {
                let key = Self.key(&chance)
                let expected = slots.firstIndex { $0.state != .free && $0.alias == key }
                #expect(table.find(key, in: slots) == expected, "seed \(seed), step \(step)")
            }
        }
    }
}
