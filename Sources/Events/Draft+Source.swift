import Bytes

extension Draft {
    /// The reservation that the event speaks of, or nil.
    public var reservation: Reservation? {
        let bytes = bytes.span
        let directory = 72 + 16 * (bytes[1] & 0xFE).nonzeroBitCount
        let values = directory + 4 * Int(bytes[5])
        for at in stride(from: directory, to: values, by: 4) {
            guard bytes[at] == Field.reservation.rawValue else { continue }
            let end = values + Int(bytes.load(at: at + 2, as: UInt16.self))
            return Reservation(
                position: bytes.load(at: end - 12, as: UInt64.self),
                tag: bytes.load(at: end - 4, as: UInt32.self))
        }
        return nil
    }

    /// Whether the event's `source` is exactly `name`.
    public func isFrom(_ name: String) -> Bool {
        let bytes = bytes.span
        let directory = 72 + 16 * (bytes[1] & 0xFE).nonzeroBitCount
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
