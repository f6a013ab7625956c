import Bytes

/// Whose key a slot holds.
public enum OwnerKind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// A person, by one of the person's aliases.
    case person = 1
    /// A group chat, by its id.
    case chat = 2
    /// A day, under whose key quarantined input is sealed.
    case day = 3
    /// The ledger itself, under whose key is sealed what names nobody; it is never erased.
    case ledger = 4
}

/// What survives an erasure beside the hash of the alias.
public struct OwnerFlags: Sendable, Equatable, BitwiseCopyable {
    /// The categories that were opted out of, one bit each, as the caller numbers them.
    public var optOut: UInt8
    /// Whether consent was asked for once already.
    public var isAsked: Bool

    /// Flags; none by default.
    public init(optOut: UInt8 = 0, isAsked: Bool = false) {
        self.optOut = optOut
        self.isAsked = isAsked
    }
}

/// One slot of the vault's file, without its wrapped key: what is kept in memory.
struct Slot: Equatable, BitwiseCopyable {
    enum State: UInt8, BitwiseCopyable {
        case free = 0
        case living = 1
        case erased = 2
    }

    static let byteCount = 128
    static let aliasAt = 8
    static let idAt = 24
    static let wrapped = 40..<100

    var state = State.free
    var kind = OwnerKind.person
    var flags = OwnerFlags()
    var day: UInt32 = 0
    var alias = Fingerprint.none
    var id = Fingerprint.none

    static let free = Slot()

    /// The slot's 128 bytes; `wrapped` is empty unless it lives.
    func image(number: Int, wrapped: [UInt8] = []) -> [UInt8] {
        var image = [UInt8](repeating: 0, count: Self.byteCount)
        guard state != .free else { return image }
        image[0] = state.rawValue
        image[1] = kind.rawValue
        image[2] = flags.optOut
        image[3] = flags.isAsked ? 1 : 0
        var span = image.mutableSpan
        span.store(day, at: 4)
        span.store(alias.low, at: 8)
        span.store(alias.high, at: 16)
        span.store(id.low, at: 24)
        span.store(id.high, at: 32)
        for index in wrapped.indices { span[Self.wrapped.lowerBound + index] = wrapped[index] }
        span.store(UInt64(number), at: 112)
        span.store(span.span.extracting(0..<120).checksum, at: 120)
        return image
    }

    /// The slot that stands in `image`, or nil where it is damaged.
    init?(_ image: Span<UInt8>, number: Int) {
        guard image.count == Self.byteCount else { return nil }
        if image[0] == State.free.rawValue {
            var bits: UInt64 = 0
            for at in stride(from: 0, to: 128, by: 8) {
                bits |= image.load(at: at, as: UInt64.self)
            }
            if bits == 0 { return } else { return nil }
        }
        guard image.extracting(0..<120).checksum == image.load(at: 120, as: UInt64.self),
            image.load(at: 112, as: UInt64.self) == UInt64(number),
            let state = State(rawValue: image[0]), state != .free,
            let kind = OwnerKind(rawValue: image[1])
        else { return nil }
        self.state = state
        self.kind = kind
        flags = OwnerFlags(optOut: image[2], isAsked: image[3] & 1 != 0)
        day = image.load(at: 4, as: UInt32.self)
        alias = Fingerprint(image, at: Self.aliasAt)
        id = Fingerprint(image, at: Self.idAt)
    }

    /// Whether a damaged slot is one that a power cut tore while it was first written, and that
    /// no commit names: its beginning is whole, and what follows is still zero.
    static func isTorn(_ image: Span<UInt8>) -> Bool {
        guard image.count == byteCount else { return false }
        let checksum = image.extracting(0..<120).checksum
        for kept in 0..<8 {
            let mask: UInt64 = kept == 0 ? 0 : .max >> UInt64(64 - 8 * kept)
            let stored = image.load(at: 120, as: UInt64.self)
            guard stored & ~mask == 0 else { continue }
            return kept == 0 || stored == checksum & mask
        }
        return false
    }

    /// Whether the slot stays in use for ever: that of a person, a group chat or the ledger.
    var isLasting: Bool { state != .free && kind != .day }

    init(
        state: State = .free, kind: OwnerKind = .person, flags: OwnerFlags = OwnerFlags(),
        day: UInt32 = 0, alias: Fingerprint = .none, id: Fingerprint = .none
    ) {
        self.state = state
        self.kind = kind
        self.flags = flags
        self.day = day
        self.alias = alias
        self.id = id
    }
}
