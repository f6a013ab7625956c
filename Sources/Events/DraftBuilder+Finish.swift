import Bytes

extension DraftBuilder {
    /// Lays the record out, or answers nil if it would exceed ``Draft/recordBytesMax``.
    public func finish() -> Draft? {
        let all = values.span
        var flags: UInt8 = 0
        var names: [Fingerprint] = []
        for (index, field) in [Field.person, .chat, .message].enumerated() {
            guard let range = range(of: field, .text) else { continue }
            flags |= 2 << UInt8(index)
            if names.isEmpty { names.reserveCapacity(3) }
            names.append(all.extracting(range).fingerprint())
        }
        let directory = 72 + 16 * names.count
        let total = directory + 4 * entries.count + values.count
        guard total + 8 <= Draft.recordBytesMax, entries.count <= 255 else { return nil }
        // The identity is hashed from the head of the record's own buffer: one allocation less.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total)
        let identity = identity(using: &bytes)
        bytes.append(contentsOf: repeatElement(0, count: directory + 4 * entries.count))
        var record = bytes.mutableSpan
        record[0] = 1
        record[1] = flags
        record.store(type.rawValue, at: 2)
        record[4] = version
        record[5] = UInt8(entries.count)
        record[6] = form.bits
        record.store(form.isAbsent ? 0 : time.nanoseconds, at: 24)
        record.store(form.offset, at: 32)
        record.store(UInt16(total + 8), at: 34)
        record.store(identity, at: 40)
        for index in names.indices { record.store(names[index], at: 72 + 16 * index) }
        var end = 0
        for index in entries.indices {
            let entry = entries[index]
            end += entry.range.count
            record[directory + 4 * index] = entry.number
            record[directory + 4 * index + 1] = entry.kind
            record.store(UInt16(end), at: directory + 4 * index + 2)
        }
        for entry in entries { bytes.append(all.extracting(entry.range)) }
        let digest = bytes.span.fingerprint()
        var finished = bytes.mutableSpan
        finished.store(digest, at: 56)
        return Draft(bytes: bytes)
    }

    /// The fingerprint of (source, id): both texts, each with its length before it.
    private func identity(using scratch: inout [UInt8]) -> Fingerprint {
        let all = values.span
        for field in [Field.source, .id] {
            guard let range = range(of: field, .text) else { continue }
            scratch.append(littleEndian: UInt16(truncatingIfNeeded: range.count))
            scratch.append(all.extracting(range))
        }
        let fingerprint = scratch.span.fingerprint()
        scratch.removeAll(keepingCapacity: true)
        return fingerprint
    }
}

extension MutableSpan where Element == UInt8 {
    fileprivate mutating func store(_ fingerprint: Fingerprint, at offset: Int) {
        store(fingerprint.low, at: offset)
        store(fingerprint.high, at: offset + 8)
    }
}
