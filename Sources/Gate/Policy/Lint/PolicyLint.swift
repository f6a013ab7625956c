import Bytes

/// Something that a policy says and cannot mean.
public struct PolicyFinding: Sendable, Equatable {
    /// How bad it is.
    public enum Level: String, Sendable {
        /// The policy contradicts itself, the platform, or arithmetic: it is not applied.
        case error
        /// It says something that has no effect, or is likely a slip.
        case warning
    }

    /// How bad it is.
    public let level: Level
    /// The line of the key, from 1; nil for one that a preset says.
    public let line: Int?
    /// The key, such as `pacing.phases`; of a scope after its number, `scopes[2].pacing.phases`.
    public let key: String
    /// The sentence, which names the key.
    public let message: String

    /// Line, level and sentence in one line.
    public var description: String {
        (line.map { "line \($0): " } ?? "") + "\(level.rawValue): \(message)"
    }
}

/// What a policy says and cannot mean: the linter behind `policy check`.
public enum PolicyLint {
    /// The rules, one a file.
    private static let rules: [any LintRule.Type] = [
        LintUnits.self, LintWindows.self, LintSpacing.self, LintPlatform.self, LintDays.self,
        LintPhases.self, LintPauses.self, LintDelays.self, LintQuiet.self, LintQuality.self,
        LintBreaker.self, LintLeases.self, LintCritical.self, LintEffects.self,
        LintConsent.self,
    ]

    /// Checks a policy that was read, and each of its scopes on what it changes.
    ///
    /// - Parameters:
    ///   - file: the policy.
    ///   - knowsZone: whether a time zone of that name exists.
    /// - Returns: the findings in the order of lines, those of presets last.
    public static func findings(
        of file: PolicyFile, knowsZone: (String) -> Bool
    ) -> [PolicyFinding] {
        var findings = check(file.policy, knowsZone).map { slip in
            PolicyFinding(
                level: slip.level, line: file.lines[slip.key], key: slip.key, message: slip.message)
        }
        let own = Set(findings.map(\.message))
        for (index, policy) in file.policy.scopesAlone.enumerated() {
            let scope = "scopes[\(index + 1)]"
            for slip in check(policy, knowsZone) where !own.contains(slip.message) {
                findings.append(
                    PolicyFinding(
                        level: slip.level, line: file.lines[scope], key: "\(scope).\(slip.key)",
                        message: "\(scope): \(slip.message)"))
            }
        }
        return findings.enumerated().sorted { left, right in
            (left.element.line ?? .max, left.offset) < (right.element.line ?? .max, right.offset)
        }.map(\.element)
    }

    /// Reads and checks a file: a fault is one finding, and then there is no policy.
    public static func check(
        _ bytes: Span<UInt8>, source: PolicySource, knowsZone: (String) -> Bool
    ) -> (file: PolicyFile?, findings: [PolicyFinding]) {
        do {
            let file = try PolicyFile(bytes, source: source)
            return (file, findings(of: file, knowsZone: knowsZone))
        } catch {
            let fault = PolicyFinding(
                level: .error, line: error.line, key: error.keyPath, message: error.message)
            return (nil, [fault])
        }
    }

    private static func check(_ policy: Policy, _ knowsZone: (String) -> Bool) -> [LintSlip] {
        var report = LintReport()
        for rule in rules { rule.check(policy, &report) }
        for (key, zone) in [("zone", policy.zone), ("quiet.zone", policy.quiet.zone)] {
            if let zone, !knowsZone(zone) {
                report.error(key, "names \(zone), which is no time zone of this system")
            }
        }
        if let region = policy.people.region, !region.utf8.allSatisfy({ 0x41...0x5A ~= $0 }) {
            report.error("people.region", "is a country as two capital letters, such as ZA")
        }
        return report.slips
    }
}

/// One rule of the linter.
protocol LintRule: SendableMetatype {
    static func check(_ policy: Policy, _ report: inout LintReport)
}

/// A finding before its line is known.
struct LintSlip {
    let level: PolicyFinding.Level
    let key: String
    let message: String
}

/// Collects what rules find.
struct LintReport {
    private(set) var slips: [LintSlip] = []

    /// The policy cannot mean this; the sentence goes on after the key.
    mutating func error(_ key: String, _ message: String) {
        slips.append(LintSlip(level: .error, key: key, message: "\(key) \(message)"))
    }

    /// This has no effect, or is likely a slip.
    mutating func warn(_ key: String, _ message: String) {
        slips.append(LintSlip(level: .warning, key: key, message: "\(key) \(message)"))
    }
}

extension Policy {
    /// The policy of each scope with as few others as can be.
    fileprivate var scopesAlone: [Policy] {
        overlays.indices.compactMap { index in
            merged.filter { $0.key & (1 << UInt64(index)) != 0 }
                .min { ($0.key.nonzeroBitCount, $0.key) < ($1.key.nonzeroBitCount, $1.key) }?.value
        }
    }
}

extension Policy.WindowLimits {
    /// The limits with their windows in seconds and the last part of their keys, shortest first.
    var all: [(name: String, seconds: Int, limit: Int?)] {
        [
            ("messages_per_second", 1, perSecond), ("messages_per_minute", 60, perMinute),
            ("messages_per_hour", 3_600, perHour), ("messages_per_day", 86_400, perDay),
        ]
    }
}

extension Policy {
    /// The windows of every scope, by section.
    var windows: [(section: String, limits: WindowLimits)] {
        var account = WindowLimits()
        account.perSecond = rateLimits.messagesPerSecond
        account.perMinute = rateLimits.messagesPerMinute
        account.perHour = rateLimits.messagesPerHour
        account.perDay = rateLimits.messagesPerDay
        return [
            ("rate_limits", account), ("limits.chat", limits.chat),
            ("limits.person", limits.person), ("limits.pair", limits.pair),
            ("limits.category", limits.category), ("limits.role", limits.role),
        ]
    }
}
