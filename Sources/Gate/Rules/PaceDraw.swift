import Events

/// The gap behind one paced send, drawn from its chance.
///
/// The same chance always gives the same gap: a replay draws again what was drawn.
struct PaceDraw: Equatable {
    /// The delay of the phase with its jitter, not below the floor.
    private(set) var delay = Nanoseconds(0)
    /// How long it takes to begin typing the next message.
    private(set) var typing = Nanoseconds(0)
    /// The pause after so many in a row, or by chance; 0 where there is none.
    private(set) var pause = Nanoseconds(0)
    /// Whether the pause is that of a tier.
    private(set) var isStrategic = false
    /// How many in a row the send makes for the next one: 0 behind the pause of the last tier.
    private(set) var count: Int64

    /// From one slot to the next; never nothing, so that no two sends share a slot.
    var gap: Nanoseconds {
        Nanoseconds(max(Self.least, delay.count + typing.count + pause.count))
    }

    private static let least: Int64 = 1_000_000

    /// Draws in a fixed order: delay, jitter, typing, then the tier's pause, or else whether chance
    /// brings one, and how long.
    ///
    /// - Parameters:
    ///   - pacing: the terms.
    ///   - sent: which send of the account's day it is, from 1.
    ///   - count: which send in a row it is, from 1.
    ///   - random: the chance of the decision.
    init(_ pacing: Policy.Pacing, sent: Int, count: Int64, random: UInt64) {
        var chance = SplitMix64(seed: random)
        self.count = count
        let phase = pacing.phases.first { $0.upTo.map { sent < $0 } ?? true } ?? pacing.phases.last
        let base = phase.map { chance.draw($0.delay).count } ?? 0
        let jitter = chance.draw(from: -pacing.jitter.count, to: pacing.jitter.count)
        delay = Nanoseconds(max(pacing.floor.count, base + jitter))
        if let spread = pacing.typing { typing = chance.draw(spread) }
        if let tier = pacing.pauses.first(where: { Int64($0.after) == count }) {
            pause = chance.draw(tier.pause)
            isStrategic = true
        } else if chance.draw(below: 10_000) < UInt64(max(0, pacing.chancePer10000)),
            let spread = pacing.chancePause
        {
            pause = chance.draw(spread)
        }
        let last = pacing.pauses.map(\.after).max()
        if let last, count >= Int64(last) { self.count = 0 }
    }
}
