import Bytes
public import Events

/// Shadow policies: evaluated beside the one in force without effect, and how often they agree.
enum Shadows: Projection {
    static let name = "shadows"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        if happened.type == .policyChanged {
            let name = happened.event.nameFingerprint(.kind)
            guard name != .none else { return }
            let slot = tables.shadows.touch(name, at: happened.position)
            // Each text has counts of its own.
            tables.shadows[slot] = ShadowRow()
            tables.shadows[slot].named = happened.position + 1
            if happened.event.text(.status) != "off" {
                tables.shadows[slot].policy = happened.position + 1
            }
            return
        }
        guard let text = happened.event.text(.shadows), let json = try? JSONValue.parse(text),
            let verdict = happened.event.text(.would) ?? happened.event.text(.verdict),
            let active = Verdict(name: verdict)
        else { return }
        for member in json.members {
            guard let said = member.value.text.flatMap({ Verdict(name: $0) }) else { continue }
            let name = Fingerprint(of: member.name)
            guard tables.shadows.find(name) != nil else { continue }
            let slot = tables.shadows.touch(name, at: happened.position)
            tables.shadows[slot].count(active, said, at: happened.position)
        }
    }
}

/// One shadow policy.
public struct ShadowRow: TableRow {
    /// One more than the position of an event that names it.
    public var named: Position = 0
    /// One more than the position of its text; 0 for one that was taken off.
    public var policy: Position = 0
    /// How often each verdict met each, the active policy's first: 9 counts.
    public private(set) var counts = [UInt64](repeating: 0, count: 9)
    /// One more than the position of the last decision that it judged differently; 0 for none.
    public private(set) var differed: Position = 0

    /// An empty row.
    public init() {}

    /// How often it said one verdict where the active policy said another.
    public func count(_ active: Verdict, _ shadow: Verdict) -> UInt64 {
        counts[3 * Int(active.rawValue) + Int(shadow.rawValue)]
    }

    mutating func count(_ active: Verdict, _ shadow: Verdict, at position: Position) {
        counts[3 * Int(active.rawValue) + Int(shadow.rawValue)] += 1
        if active != shadow { differed = position + 1 }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        policy = reader.get()
        for index in 0..<9 { counts[index] = reader.get() }
        differed = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(policy)
        for count in counts { writer.put(count) }
        writer.put(differed)
    }
}
