import CommandLineKit
import Events
import Ledger
import Storage

/// A time as it is typed.
///
/// | typed | means |
/// |---|---|
/// | `2025-10-01T16:51:02Z`, `…T16:51+02:00` | RFC 3339, with or without seconds |
/// | `2025-10-01`, `2025-10-01 16:51` | in the machine's zone |
/// | `10:50`, `today`, `yesterday 10:50` | in the machine's zone, by the ledger's clock |
/// | `90s`, `30m`, `2h`, `1d`, `2w`, `1h30m` | so long ago |
/// | `1759330262`, `1759330262.125` | seconds since 1970 |
/// | `@1041` | a position |
enum TimeWord: Sendable, Equatable {
    /// A moment.
    case at(Instant)
    /// So long before now.
    case ago(Nanoseconds)
    /// So many days before today, and so many seconds after midnight, in the machine's zone.
    case clock(daysAgo: Int64, seconds: Int64)
    /// A place in the log.
    case position(Position)

    /// What an option of this kind takes, to end its sentence.
    static let expects =
        "a time (RFC 3339, local 2025-10-01T16:51 or 10:50, yesterday, 2h or 2w ago, seconds since "
        + "1970, or a position as @1041)"

    /// An option that takes a time.
    static func option(_ name: String, _ summary: String) -> Option<TimeWord?> {
        Option<TimeWord?>.value(name, "T", expects: expects, summary, parse: { TimeWord($0) })
    }

    init?(_ text: String) {
        if text.hasPrefix("@") {
            guard let position = Self.digits(text.dropFirst()) else { return nil }
            self = .position(position)
        } else if let time = Self.offset(text) {
            self = .at(time)
        } else if let instant = Self.unix(text) {
            self = .at(instant)
        } else if let clock = Self.clock(text) {
            self = clock
        } else if let length = Self.duration(text) {
            self = .ago(length)
        } else if let local = Self.local(text) {
            self = .at(local)
        } else {
            return nil
        }
    }

    /// The moment that is meant, or nil for a position.
    func instant(now: Instant) -> Instant? {
        switch self {
        case .at(let instant): instant
        case .ago(let length): max(.epoch, now.advanced(by: Nanoseconds(-length.count)))
        case .clock(let days, let seconds): Self.moment(now, days, seconds)
        case .position: nil
        }
    }

    /// A time with its offset; the seconds may be left out.
    private static func offset(_ text: String) -> Instant? {
        if let time = try? Timestamp.parse(text) { return time.instant }
        let letters = Array(text)
        guard letters.count > 16, letters[13] == ":", letters[16] != ":" else { return nil }
        return try? Timestamp.parse(String(letters[..<16]) + ":00" + String(letters[16...])).instant
    }

    /// Seconds since 1970: nine digits at least, so that no year is one.
    private static func unix(_ text: String) -> Instant? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, (9...10).contains(parts[0].utf8.count),
            let seconds = digits(parts[0])
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard fraction.utf8.count <= 9,
            let nanoseconds = digits(fraction + String(repeating: "0", count: 9 - fraction.count))
        else { return nil }
        return Instant(nanoseconds: Int64(seconds) * 1_000_000_000 + Int64(nanoseconds))
    }

    /// `10:50`, `10:50:30`, `today`, `yesterday`, `yesterday 10:50`.
    private static func clock(_ text: String) -> TimeWord? {
        let words = text.split(separator: " ")
        let days: [Substring: Int64] = ["today": 0, "yesterday": 1]
        let named = words.first.flatMap { days[$0] }
        guard let time = named == nil ? words.first : words.dropFirst().first else {
            return named.map { .clock(daysAgo: $0, seconds: 0) }
        }
        let parts = time.split(separator: ":", omittingEmptySubsequences: false).map { digits($0) }
        guard words.count == (named == nil ? 1 : 2), (2...3).contains(parts.count),
            let hour = parts[0], let minute = parts[1],
            let second = parts.count == 3 ? parts[2] : 0,
            hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = Int64(3_600 * hour + 60 * minute + second)
        return .clock(daysAgo: named ?? 0, seconds: seconds)
    }

    /// The moment of a clock's time on a day before, by the machine's zone.
    private static func moment(_ now: Instant, _ daysAgo: Int64, _ clock: Int64) -> Instant {
        let present = now.nanoseconds / 1_000_000_000
        let local = present + 60 * Int64(LocalTime.offsetMinutes(at: present))
        let wanted = (local / 86_400 - daysAgo) * 86_400 + clock
        // The offset of that moment may be another; two looks find it.
        var seconds = wanted - 60 * Int64(LocalTime.offsetMinutes(at: present))
        for _ in 0..<2 { seconds = wanted - 60 * Int64(LocalTime.offsetMinutes(at: seconds)) }
        return Instant(nanoseconds: max(0, seconds) * 1_000_000_000)
    }

    /// `90s`, `30m`, `2h`, `1d`, `2w`, also `1h30m`; `1.5h` is none.
    static func duration(_ text: String) -> Nanoseconds? {
        var total: Int64 = 0
        var number: Int64?
        for letter in text {
            if let digit = letter.isASCII ? letter.wholeNumberValue : nil {
                let (scaled, overflow) = (number ?? 0).multipliedReportingOverflow(by: 10)
                guard !overflow, scaled < 1_000_000_000_000 else { return nil }
                number = scaled + Int64(digit)
                continue
            }
            let units: [Character: Int64] = [
                "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800,
            ]
            guard let unit = units[letter], let count = number else { return nil }
            let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
            guard !overflow, seconds <= 9_000_000_000, total <= 9_000_000_000 else { return nil }
            total += seconds
            number = nil
        }
        guard number == nil, !text.isEmpty, total <= 9_000_000_000 else { return nil }
        return .seconds(total)
    }

    /// `2025-10-01`, `2025-10-01T16:51`, `2025-10-01 16:51:02.125` in the machine's zone.
    private static func local(_ text: String) -> Instant? {
        let halves = text.split(omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
        let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count <= 2, date.count == 3, date[0].count == 4,
            let year = digits(date[0]), let month = digits(date[1]), let day = digits(date[2])
        else { return nil }
        var clock: [UInt64] = [0, 0, 0]
        var fraction: Int64 = 0
        if halves.count == 2 {
            let parts = halves[1].split(separator: ":", omittingEmptySubsequences: false)
            guard (2...3).contains(parts.count) else { return nil }
            for (index, part) in parts.enumerated() {
                let pieces = part.split(separator: ".", omittingEmptySubsequences: false)
                guard pieces.count == 1 || index == 2 && pieces.count == 2,
                    let number = digits(pieces[0])
                else { return nil }
                clock[index] = number
                guard pieces.count == 2 else { continue }
                let padded = pieces[1] + String(repeating: "0", count: max(0, 9 - pieces[1].count))
                guard pieces[1].count <= 9, let nanoseconds = digits(padded[...]) else {
                    return nil
                }
                fraction = Int64(nanoseconds)
            }
        }
        guard
            let seconds = LocalTime.seconds(
                year: Int(clamping: year), month: Int(clamping: month), day: Int(clamping: day),
                hour: Int(clamping: clock[0]), minute: Int(clamping: clock[1]),
                second: Int(clamping: clock[2]))
        else { return nil }
        return Instant(nanoseconds: seconds * 1_000_000_000 + fraction)
    }

    private static func digits(_ text: some StringProtocol) -> UInt64? {
        guard !text.isEmpty, text.utf8.count <= 19, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 })
        else { return nil }
        return UInt64(text)
    }
}

extension TimeWord {
    /// The moment of `--now`, or nil without one.
    static func now(_ arguments: Arguments) throws(UsageError) -> Instant? {
        guard let text = arguments(Global.now) else { return nil }
        guard case .at(let instant)? = TimeWord(text) else {
            throw UsageError(
                "--now takes a time such as 2025-10-01T16:51:02Z; \u{201C}\(text)\u{201D} is none",
                command: arguments.command)
        }
        return instant
    }
}

extension Instant {
    /// The moment in the machine's zone, for people: `2025-10-01 16:51:02.125 +02:00`.
    var local: String {
        let seconds = nanoseconds / 1_000_000_000
        let offset = LocalTime.offsetMinutes(at: seconds)
        var text = Timestamp.text(self, offset: offset, digits: 3)
        if let letter = text.firstIndex(of: "T") {
            text.replaceSubrange(letter...letter, with: " ")
        }
        return text
    }
}

extension Nanoseconds {
    /// The length for people: `0 s`, `45 s`, `12 min 05 s`, `2 h 10 min`, `3 d 4 h`.
    var text: String {
        let whole = (count + (count > 0 ? 999_999_999 : 0)) / 1_000_000_000
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3_600 { return "\(whole / 60) min \(two(whole % 60)) s" }
        if whole < 86_400 { return "\(whole / 3_600) h \(two(whole % 3_600 / 60)) min" }
        return "\(whole / 86_400) d \(whole % 86_400 / 3_600) h"
    }
}
