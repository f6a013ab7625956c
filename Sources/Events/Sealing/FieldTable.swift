public import Bytes

/// Where the fields of a draft lie, read once and used again for the next draft.
public struct FieldTable: Sendable {
    /// All fields in ascending order; ranges in the bytes that were read.
    public private(set) var places: [FieldPlace] = []

    /// An empty table.
    public init() { places.reserveCapacity(24) }

    /// Reads a finished draft in clear; ranges are those in ``Draft/bytes``.
    public mutating func read(_ draft: Draft) {
        places.removeAll(keepingCapacity: true)
        let bytes = draft.bytes.span
        let directory = 72 + 16 * (bytes[1] & 0xFE).nonzeroBitCount
        let values = directory + 4 * Int(bytes[5])
        var start = values
        for at in stride(from: directory, to: values, by: 4) {
            let end = values + Int(bytes.load(at: at + 2, as: UInt16.self))
            places.append(FieldPlace(number: bytes[at], kind: bytes[at + 1], range: start..<end))
            start = end
        }
    }

    /// Reads a builder; ranges are those in ``DraftBuilder/valueBytes``.
    public mutating func read(_ builder: borrowing DraftBuilder) {
        places = builder.places
    }

    /// Where the value of a field lies, or nil.
    public func range(of field: Field) -> Range<Int>? {
        for place in places where place.number == field.rawValue { return place.range }
        return nil
    }

    /// Where the value of a text lies, or nil.
    public func text(_ field: Field) -> Range<Int>? {
        for place in places where place.number == field.rawValue {
            return place.kind == FieldKind.text.rawValue ? place.range : nil
        }
        return nil
    }
}

extension Draft {
    /// Checks, for an event that was built without ``DraftBuilder/checked()``, what every event has
    /// to hold to: names of at most ``Field/nameBytesMax`` bytes, and counts within bounds.
    ///
    /// - Throws: `too_large` or `wrong_member`.
    public func checkBounds() throws(EventError) {
        let all = bytes.span
        let directory = 72 + 16 * (all[1] & 0xFE).nonzeroBitCount
        let values = directory + 4 * Int(all[5])
        var start = values
        for at in stride(from: directory, to: values, by: 4) {
            let end = values + Int(all.load(at: at + 2, as: UInt16.self))
            try Shape.checkBound(all[at], all[at + 1], all.extracting(start..<end), of: type)
            start = end
        }
    }

    /// The draft with sealed values in the place of those in clear.
    ///
    /// - Parameters:
    ///   - table: where its fields lie.
    ///   - fields: the sealed ones, in ascending order.
    ///   - sealed: their sealed values, one after the other; the first has `excess` bytes more.
    ///   - overhead: how many bytes longer than its text a sealed value is.
    ///   - excess: how many bytes longer still the first one is.
    ///   - seal: what goes to the head of the record.
    ///   - identity: the fingerprint of source and id.
    /// - Returns: nil where the record would exceed ``recordBytesMax``.
    public func sealed(
        _ table: FieldTable, _ fields: UInt128, _ sealed: Span<UInt8>, overhead: Int, excess: Int,
        as seal: Seal, identity: Fingerprint
    ) -> Draft? {
        let flags = seal.flags
        let count = table.places.count
        let directory = 72 + 16 * (flags & 0xFE).nonzeroBitCount
        let old = self.bytes.span
        var valueBytes = sealed.count
        for place in table.places where fields & 1 << UInt128(place.number) == 0 {
            valueBytes += place.range.count
        }
        let total = directory + 4 * count + valueBytes
        guard total + 8 <= Self.recordBytesMax else { return nil }
        var record: [UInt8] = []
        record.reserveCapacity(total)
        record.append(old.extracting(0..<72))
        record.append(contentsOf: repeatElement(0, count: directory - 72 + 4 * count))
        var at = directory
        var end = 0
        var isFirst = true
        var span = record.mutableSpan
        for place in table.places {
            let isSealed = fields & 1 << UInt128(place.number) != 0
            end += place.range.count
            if isSealed {
                end += overhead + (isFirst ? excess : 0)
                isFirst = false
            }
            span[at] = place.number
            span[at + 1] = place.kind | (isSealed ? 0x80 : 0)
            span.store(UInt16(end), at: at + 2)
            at += 4
        }
        seal.write(to: &span, flags: flags)
        span.store(UInt16(total + 8), at: 34)
        span.store(identity.low, at: 40)
        span.store(identity.high, at: 48)
        isFirst = true
        var from = 0
        for place in table.places {
            guard fields & 1 << UInt128(place.number) != 0 else {
                record.append(old.extracting(place.range))
                continue
            }
            let length = place.range.count + overhead + (isFirst ? excess : 0)
            isFirst = false
            record.append(sealed.extracting(from..<from + length))
            from += length
        }
        return Draft(bytes: record)
    }
}

extension Seal {
    /// The flags of a record with this seal.
    var flags: UInt8 {
        var flags: UInt8 = holder == .none ? 0 : 1
        for slot in NameSlot.allCases where self[slot] != .none { flags |= slot.rawValue }
        return flags
    }

    /// Writes flags, holder, digest and names into the head of a record.
    func write(to record: inout MutableSpan<UInt8>, flags: UInt8) {
        record[1] = flags
        record[7] = holder.rawValue
        record.store(digest.low, at: 56)
        record.store(digest.high, at: 64)
        var at = 72
        for slot in NameSlot.allCases where flags & slot.rawValue != 0 {
            record.store(self[slot].low, at: at)
            record.store(self[slot].high, at: at + 8)
            at += 16
        }
    }
}
