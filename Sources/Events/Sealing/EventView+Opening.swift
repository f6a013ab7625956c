import Bytes

extension EventView {
    /// The sealed fields in ascending order, with their values' places in ``bytes``.
    public var sealedFields: [FieldPlace] {
        var fields: [FieldPlace] = []
        guard isSealed else { return fields }
        for index in 0..<fieldCount {
            let entry = entry(index)
            guard entry.isSealed else { continue }
            fields.append(FieldPlace(number: entry.number, kind: entry.kind, range: entry.range))
        }
        return fields
    }

    /// The names of the sealed fields, with commas between; nil where none is.
    public var sealedNames: String? {
        guard isSealed else { return nil }
        let names = sealedFields.map { Field(rawValue: $0.number)?.name ?? "\($0.number)" }
        return names.joined(separator: ",")
    }

    /// A copy of the record with the texts in the place of its sealed values, and its checksum.
    ///
    /// The names at its head stay, so that it is found as the record itself is. It is no leaf of
    /// the tree.
    ///
    /// - Parameter texts: of all sealed fields, in ascending order.
    /// - Returns: nil if the texts do not fit into a record.
    public func opened(with texts: [[UInt8]]) -> [UInt8]? {
        var opened: [UInt8] = []
        opened.reserveCapacity(bytes.count)
        opened.append(bytes.extracting(0..<values))
        var next = 0
        for index in 0..<fieldCount {
            let entry = entry(index)
            if entry.isSealed {
                guard next < texts.count else { return nil }
                let text = texts[next]
                opened.append(text.span)
                opened[directory + 4 * index + 1] = entry.kind
                next += 1
            } else {
                opened.append(bytes.extracting(entry.range))
            }
            let end = UInt16(truncatingIfNeeded: opened.count - values)
            opened[directory + 4 * index + 2] = UInt8(truncatingIfNeeded: end)
            opened[directory + 4 * index + 3] = UInt8(truncatingIfNeeded: end >> 8)
        }
        let total = opened.count + 8
        guard total <= Draft.recordBytesMax else { return nil }
        opened[1] &= ~1
        opened[34] = UInt8(truncatingIfNeeded: total)
        opened[35] = UInt8(truncatingIfNeeded: total >> 8)
        let checksum = opened.span.checksum
        opened.append(littleEndian: checksum)
        return opened
    }
}
