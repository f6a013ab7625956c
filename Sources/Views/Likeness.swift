public import Bytes
public import Events

extension EventView {
    /// What several records of one message have in common, whatever they were read from.
    ///
    /// That is the chat, the minute, the text, and whether we wrote it. ``Fingerprint/none`` for an
    /// event that does not say where it was read, or is no message with a text.
    ///
    /// The text of a message that came in is compared folded, that of our own as it is: its
    /// fingerprint is the one by which repeated contents are found.
    public var likeness: Fingerprint {
        let isOwn = typeNumber == EventType.sendAttempted.rawValue
        guard isOwn || typeNumber == EventType.messageReceived.rawValue, provenance != nil
        else { return .none }
        return likeness(isOwn: isOwn)
    }

    func likeness(isOwn: Bool) -> Fingerprint {
        if isOwn, range(of: .reservation) != nil { return .none }
        let text = nameFingerprint(.text)
        let place = chat == .none ? person : chat
        guard text != .none, place != .none else { return .none }
        let second = effective.nanoseconds / 1_000_000_000
        let minute = UInt128(UInt64(bitPattern: second / 60)) | 1 << (isOwn ? 100 : 101)
        return text.paired(with: place).paired(with: Fingerprint(minute))
    }
}
