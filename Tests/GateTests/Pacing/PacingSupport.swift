import Events
import Gate

extension Policy.Pacing {
    /// The plan's warm-up: five phases, four tiers of pauses, typing, and a pause by chance.
    static let warmUp: Policy.Pacing = {
        var pacing = Policy.Pacing()
        pacing.phases = [
            .init(upTo: 30, delay: .init(.seconds(25), .seconds(35))),
            .init(upTo: 80, delay: .init(.seconds(20), .seconds(28))),
            .init(upTo: 200, delay: .init(.seconds(15), .seconds(22))),
            .init(upTo: 500, delay: .init(.seconds(18), .seconds(25))),
            .init(upTo: nil, delay: .init(.seconds(22), .seconds(30))),
        ]
        pacing.jitter = .seconds(5)
        pacing.typing = .init(.seconds(1), .seconds(3))
        pacing.per500Characters = .seconds(1)
        pacing.pauses = [
            .init(after: 20, pause: .init(.seconds(180), .seconds(300))),
            .init(after: 40, pause: .init(.seconds(300), .seconds(480))),
            .init(after: 60, pause: .init(.seconds(600), .seconds(900))),
            .init(after: 100, pause: .init(.seconds(1_200), .seconds(1_800))),
        ]
        pacing.chancePer10000 = 1_000
        pacing.chancePause = .init(.seconds(30), .seconds(120))
        return pacing
    }()
}

extension World {
    /// Waits as the gate says, then sends: the slot, and what the send leaves behind.
    mutating func pace(
        _ request: SendRequest, _ chance: inout Chance
    ) -> (slot: Instant, pace: Pace?) {
        for _ in 0..<20 {
            let (decision, reservation) = take(request, random: chance.next())
            if let slot = decision.notBefore {
                now = slot
                report(reservation, .accepted)
                return (slot, decision.pace)
            }
            now = decision.retryAt ?? .latest
        }
        fatalError("it never passes")
    }
}
