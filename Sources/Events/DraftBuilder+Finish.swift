public import Bytes

extension DraftBuilder {
    /// Lays the record out, or answers nil if it would exceed ``Draft/recordBytesMax``.
    ///
    /// - Parameter identity: the fingerprint of (source, id); nil is the plain one, which events of
    ///   the ledger's own source have.
    public func finish(identity: Fingerprint? = nil) -> Draft? {
        let head = seal ?? clearHead
        let flags = head.flags
        let directory = 72 + 16 * (flags & 0xFE).nonzeroBitCount
        let valueBytes = entries.reduce(0) { $0 + $1.range.count }
        let total = directory + 4 * entries.count + valueBytes
        guard total + 8 <= Draft.recordBytesMax, entries.count <= 255, !isOverlong else {
            return nil
        }
        // The identity is hashed from the head of the record's own buffer: one allocation less.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total)
        let identity = identity ?? plainIdentity(using: &bytes)
        bytes.append(contentsOf: repeatElement(0, count: directory + 4 * entries.count))
        var record = bytes.mutableSpan
        record[0] = 1
        head.write(to: &record, flags: flags)
        record.store(type.rawValue, at: 2)
        record[4] = version
        record[5] = UInt8(entries.count)
        record[6] = form.bits
        record.store(form.isAbsent ? 0 : time.nanoseconds, at: 24)
        record.store(form.offset, at: 32)
        record.store(UInt16(total + 8), at: 34)
        record.store(identity, at: 40)
        var end = 0
        for index in entries.indices {
            let entry = entries[index]
            end += entry.range.count
            record[directory + 4 * index] = entry.number
            record[directory + 4 * index + 1] = entry.kind
            record.store(UInt16(end), at: directory + 4 * index + 2)
        }
        let all = values.span
        for entry in entries { bytes.append(all.extracting(entry.range)) }
        let digest = digest ?? (seal == nil ? bytes.span.fingerprint() : head.digest)
        var finished = bytes.mutableSpan
        finished.store(digest, at: 56)
        return Draft(bytes: bytes)
    }

    /// The names of a record in clear: plain fingerprints of person, chat and message.
    private var clearHead: Seal {
        let all = values.span
        var head = Seal()
        for (slot, field) in [
            (NameSlot.person, Field.person), (.chat, .chat), (.message, .message),
        ] {
            guard let range = range(of: field, .text) else { continue }
            head[slot] = all.extracting(range).fingerprint()
        }
        return head
    }

    /// The fingerprint of (source, id): both texts, each with its length before it.
    private func plainIdentity(using scratch: inout [UInt8]) -> Fingerprint {
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
