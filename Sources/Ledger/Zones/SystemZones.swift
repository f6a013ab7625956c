import Bytes
import Storage
public import TimeZones

/// The rules of time zones by their IANA names, read from the system's tzdata once each.
public final class SystemZones: ZoneSource, Sendable {
    /// What every ledger of the process shares.
    public static let shared = SystemZones()

    private static let folder = "/usr/share/zoneinfo"
    /// Names come from events: what is not in the map costs a file, and the map must not grow.
    private static let namesMax = 1_024
    private let lock = Signal()
    private let known = Guarded<[String: ZoneRules?]>([:])

    /// Nothing is read yet.
    public init() {}

    /// The rules of a zone; nil where there is none of that name.
    public func rules(_ name: String) -> ZoneRules? {
        if let rules = lock.withLock({ known.value[name] }) { return rules }
        let rules = Self.read(name)
        lock.withLock {
            if known.value.count >= Self.namesMax { known.value.removeAll() }
            known.value[name] = .some(rules)
        }
        return rules
    }

    private static func read(_ name: String) -> ZoneRules? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        // An event must not choose a file elsewhere.
        let isName = parts.allSatisfy { part in
            part.utf8.first.map { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A } ?? false
                && part.utf8.allSatisfy { byte in
                    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
                        || byte == 0x2B || byte == 0x2D || byte == 0x5F
                }
        }
        guard isName, parts.count <= 4, name.utf8.count <= 64,
            let bytes = try? Descriptor.contents(of: "\(folder)/\(name)", byteMax: 1 << 20)
        else { return nil }
        return ZoneRules(parsing: bytes.span)
    }
}
