import Bytes

extension Draft {
    /// Whether the event's `source` is exactly `name`.
    public func isFrom(_ name: String) -> Bool {
        let bytes = bytes.span
        let flags = bytes[1]
        let names = Int(flags >> 1 & 1) + Int(flags >> 2 & 1) + Int(flags >> 3 & 1)
        let directory = 72 + 16 * names
        let values = directory + 4 * Int(bytes[5])
        var start = 0
        for entry in 0..<Int(bytes[5]) {
            let at = directory + 4 * entry
            let end = Int(bytes.load(at: at + 2, as: UInt16.self))
            if bytes[at] == Field.source.rawValue {
                return bytes.extracting(values + start..<values + end).equals(name.utf8Span.span)
            }
            start = end
        }
        return false
    }
}
