import Events
import Gate
import Ledger
import Testing
import TimeZones

/// Quiet times by brute force: the clocks of every zone are read minute by minute.
@Suite struct `Quiet times at random` {
    private static let zones = [
        "Africa/Johannesburg", "Africa/Harare", "Asia/Kathmandu", "America/Phoenix",
        "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Honolulu",
    ]

    private struct Case {
        let times: [Policy.QuietTime]
        let zones: [ZoneRules]

        /// Whether some clock shows a quiet time.
        func isQuiet(at seconds: Int64) -> Bool {
            zones.contains { rules in
                let shown = rules.local(at: seconds)
                return times.contains { time in
                    if time.to > time.from {
                        return begins(time, shown.day) && shown.minute >= time.from
                            && shown.minute < time.to
                    }
                    return begins(time, shown.day) && shown.minute >= time.from
                        || begins(time, shown.day.advanced(by: -1)) && shown.minute < time.to
                }
            }
        }

        func begins(_ time: Policy.QuietTime, _ day: CalendarDay) -> Bool {
            time.days >> UInt8(day.weekday.rawValue) & 1 == 1
                || time.days & 0x80 != 0 && PublicHolidays.isHoliday(day, in: "ZA")
        }

        /// Whether all clocks run evenly around a moment, so that the reading is exact.
        func isEven(around seconds: Int64) -> Bool {
            zones.allSatisfy { rules in
                let offset = rules.offset(at: seconds - 3 * 86_400)
                return stride(from: -3, through: 17, by: 1).allSatisfy {
                    rules.offset(at: seconds + $0 * 86_400) == offset
                }
            }
        }
    }

    private func policy(_ chance: inout Chance) -> Policy {
        var policy = Policy()
        for _ in 0...chance.upTo(2) {
            var time = Policy.QuietTime(
                from: chance.upTo(95) * 15, to: chance.upTo(95) * 15)
            if chance.one(in: 2) { time.days = UInt8(chance.upTo(127)) }
            if chance.one(in: 3) {
                time.days |= 0x80
                time.holidays = "ZA"
            }
            policy.quiet.times.append(time)
        }
        return policy
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `are those that the clocks show`(_ seed: UInt64) throws {
        var chance = Chance(state: seed)
        let policy = policy(&chance)
        let isAmerican = chance.one(in: 3)
        let name = chance.pick(Self.zones)
        let request = SendRequest.to(person: "+12125550100") { $0.zone = isAmerican ? nil : name }
        let names = isAmerican ? CallingCodes.zones(of: "1212".utf8) : [name]
        let shared = SystemZones.shared
        let oracle = Case(times: policy.quiet.times, zones: names.compactMap { shared.rules($0) })
        var world = World(policy)
        let start = moment("2025-01-01T00:00:00Z").nanoseconds / 1_000_000_000
        for _ in 0..<20 {
            let seconds = start + Int64(chance.upTo(3 * 365 * 96)) * 900
            let now = Instant(nanoseconds: seconds * 1_000_000_000)
            let decision = world.look(request, at: now)
            if oracle.isQuiet(at: seconds) { #expect(decision.verdict != .send, "\(seed) \(now)") }
            guard oracle.isEven(around: seconds) else { continue }
            #expect(oracle.isQuiet(at: seconds) == (decision.verdict != .send), "\(seed) \(now)")
            guard decision.verdict != .send else { continue }
            let free = stride(from: seconds, to: seconds + 14 * 86_400, by: 900).first {
                !oracle.isQuiet(at: $0)
            }
            let end = free.map { Instant(nanoseconds: $0 * 1_000_000_000) }
            #expect(decision.retryAt == end, "\(seed) \(now)")
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `that were looked up are those of any moment for which they hold`(_ seed: UInt64) {
        var chance = Chance(state: seed ^ 0xABCD)
        var policy = policy(&chance)
        policy.zone = chance.pick(Self.zones)
        let request = PreparedRequest(.to(chat: "x") { $0.zone = chance.pick(Self.zones) })
        let zones = SystemZones.shared
        for _ in 0..<10 {
            let made = moment("2026-01-01T00:00:00Z").advanced(
                by: .seconds(Int64(chance.upTo(366 * 86_400))))
            let lookup = Lookup(of: request, under: policy, at: 3, now: made, zones: zones)
            #expect(lookup.holds(under: 4, at: made) == nil, "another policy")
            #expect(lookup.holds(under: 3, at: made.advanced(by: Nanoseconds(-1))) == nil)
            for _ in 0..<10 {
                let later = made.advanced(by: .seconds(Int64(chance.upTo(60 * 3_600))))
                guard let held = lookup.holds(under: 3, at: later) else { continue }
                var tables = World().tables
                func decide(_ circumstances: Circumstances) -> Decision {
                    Gate.decide(
                        request,
                        recorded: Facts(
                            now: later, policy: 3, random: 0, circumstances: circumstances),
                        under: policy, in: &tables)
                }
                let fresh = Lookup.circumstances(
                    of: request, under: policy, now: later, zones: zones)
                #expect(held.midnight == fresh.midnight, "\(seed)")
                #expect(decide(held).verdict == decide(fresh).verdict, "\(seed)")
                #expect(decide(held).retryAt == decide(fresh).retryAt, "\(seed)")
            }
        }
    }
}
