public import Bytes

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
        guard let place = place(of: .source) else { return false }
        return bytes.span.extracting(place.range).equals(name.utf8Span.span)
    }

    /// Where the value of a text lies in ``bytes``, sealed or not; nil where the draft has none.
    public func text(of field: Field) -> Range<Int>? {
        guard let place = place(of: field), place.kind == FieldKind.text.rawValue else {
            return nil
        }
        return place.range
    }

    private func place(of field: Field) -> FieldPlace? {
        let bytes = bytes.span
        let directory = 72 + 16 * (bytes[1] & 0xFE).nonzeroBitCount
        let values = directory + 4 * Int(bytes[5])
        var start = values
        for at in stride(from: directory, to: values, by: 4) {
            let end = values + Int(bytes.load(at: at + 2, as: UInt16.self))
            if bytes[at] == field.rawValue {
                return FieldPlace(number: bytes[at], kind: bytes[at + 1], range: start..<end)
            }
            if bytes[at] > field.rawValue { return nil }
            start = end
        }
        return nil
    }

    /// The fingerprint that stands in a slot of names, or ``Fingerprint/none``.
    public func name(_ slot: NameSlot) -> Fingerprint {
        let flag = slot.rawValue
        guard bytes[1] & flag != 0 else { return .none }
        let at = 72 + 16 * (bytes[1] & (flag - 1) & 0xFE).nonzeroBitCount
        return Fingerprint(bytes.span, at: at)
    }
}
