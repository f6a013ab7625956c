import Bytes

extension Finding {
    /// Appends this finding in the compact form of ``FieldKind/findings``.
    ///
    /// ```
    /// 1  number of the rule
    /// 1  number of the scope
    /// 1  verdict in bits 0-1; 4 = retry_at present; 8 = evidence present; 16 = code present
    /// v  observed, as an unsigned 64-bit pattern
    /// v  limit, likewise
    /// v  retry_at in nanoseconds since 1970, if present
    /// v  first position, v  last - first, v  count, if evidence is present
    /// 1  number of the code, if present
    /// ```
    /// where `v` is an unsigned LEB128 number: seven bits a byte, the lowest first, at most 10
    /// bytes. A list is its findings one after the other; it ends where the value ends.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(rule.rawValue)
        bytes.append(scope.rawValue)
        bytes.append(
            verdict.rawValue | (retryAt == nil ? 0 : 4) | (evidence == nil ? 0 : 8)
                | (code == nil ? 0 : 16))
        bytes.append(varint: UInt64(bitPattern: observed))
        bytes.append(varint: UInt64(bitPattern: limit))
        if let retryAt { bytes.append(varint: UInt64(bitPattern: retryAt.nanoseconds)) }
        if let evidence {
            bytes.append(varint: evidence.first)
            bytes.append(varint: evidence.last &- evidence.first)
            bytes.append(varint: UInt64(bitPattern: Int64(evidence.count)))
        }
        if let code { bytes.append(code.rawValue) }
    }

    /// The compact form of a list.
    public static func encode(_ findings: [Finding]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24 * findings.count)
        for finding in findings { finding.encode(into: &bytes) }
        return bytes
    }

    /// Reads a list, or answers nil if the bytes are none.
    public static func decode(_ bytes: Span<UInt8>) -> [Finding]? {
        var findings: [Finding] = []
        var at = 0
        while at < bytes.count {
            guard at + 3 <= bytes.count, let rule = Rule(rawValue: bytes[at]),
                let scope = Scope(rawValue: bytes[at + 1]),
                let verdict = Verdict(rawValue: bytes[at + 2] & 3), bytes[at + 2] < 32
            else { return nil }
            let presence = bytes[at + 2]
            at += 3
            guard let observed = varint(bytes, &at), let limit = varint(bytes, &at) else {
                return nil
            }
            var finding = Finding(
                rule, scope: scope, verdict: verdict, observed: Int64(bitPattern: observed),
                limit: Int64(bitPattern: limit))
            if presence & 4 != 0 {
                guard let retry = varint(bytes, &at) else { return nil }
                finding.retryAt = Instant(nanoseconds: Int64(bitPattern: retry))
            }
            if presence & 8 != 0 {
                guard let first = varint(bytes, &at), let span = varint(bytes, &at),
                    let count = varint(bytes, &at)
                else { return nil }
                finding.evidence = Evidence(
                    first: first, last: first &+ span, count: Int(Int64(bitPattern: count)))
            }
            if presence & 16 != 0 {
                guard at < bytes.count, let code = FindingCode(rawValue: bytes[at]) else {
                    return nil
                }
                finding.code = code
                at += 1
            }
            findings.append(finding)
        }
        return findings
    }

    private static func varint(_ bytes: Span<UInt8>, _ at: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in 0..<10 {
            guard at < bytes.count else { return nil }
            let byte = bytes[at]
            at += 1
            if shift == 9 && byte > 1 { return nil }
            value |= UInt64(byte & 0x7F) << (7 * UInt64(shift))
            if byte < 0x80 { return value }
        }
        return nil
    }
}

extension EventView {
    /// The findings of a decision; empty if the record holds none that can be read.
    public var findings: [Finding] {
        guard let range = range(of: .rules), kind(of: .rules) == .findings else { return [] }
        return Finding.decode(bytes.extracting(range)) ?? []
    }
}

extension DraftBuilder {
    /// Adds the findings of a decision as `rules`.
    public mutating func add(findings: [Finding]) {
        add(.rules, .findings, Finding.encode(findings).span)
    }
}
