public import Bytes
public import Events
public import Views

/// A request with everything that can be computed before the writer's lock is taken.
///
/// A class, because it is handed on by many and changed by none: a copy would retain every text.
public final class PreparedRequest: Sendable, Equatable {
    /// What was asked.
    public let request: SendRequest
    /// The keys under which the send would count.
    public let keys: SendKeys
    /// The fingerprint of the asking instance, or none.
    public let instance: Fingerprint
    /// The fingerprint of the idempotency key, or none.
    public let key: Fingerprint
    /// The digest of what is asked: see ``digest(of:)``.
    public let digest: Fingerprint
    /// What the message is sent as; `all` where the request does not say.
    public let category: ConsentCategory

    /// Prepares a request that passed ``SendRequest/check()``.
    public init(_ request: SendRequest) {
        let names = SendKeys(
            account: Self.fingerprint(request.account), chat: Self.fingerprint(request.chat),
            person: Self.fingerprint(request.person), subject: Self.fingerprint(request.subject))
        let steps = SendKeys.steps(request.steps.map { Fingerprint(of: $0) })
        var keys = names
        keys.content = SendKeys.content(
            Self.fingerprint(request.text), chat: names.chat, person: names.person)
        keys.business = SendKeys.business(
            subject: names.subject, steps: steps, submission: request.submission)
        self.request = request
        self.keys = keys
        instance = Self.fingerprint(request.instance)
        key = Self.fingerprint(request.key)
        digest = Self.digest(of: request, steps: steps)
        category = ConsentCategory(name: request.category)
    }

    /// Whether two requests ask the same, under the same key, for the same instance.
    public static func == (left: PreparedRequest, right: PreparedRequest) -> Bool {
        left.request == right.request
    }

    private static func fingerprint(_ text: String?) -> Fingerprint {
        text.map { Fingerprint(of: $0) } ?? .none
    }
}

extension PreparedRequest {
    /// The digest of what the request of a stored `send.reserved` or `send.refused` asked for.
    ///
    /// Two asks under one key are the same request if their digests are equal. The key itself, and
    /// role and instance, are no part of it: who asks again after a restart asks the same. The
    /// order of steps is no part of it either.
    public static func digest(of event: borrowing EventView) -> Fingerprint {
        var content = RequestContent()
        for field in RequestContent.texts {
            if let range = event.range(of: field) {
                content.add(field, event.bytes.extracting(range))
            }
        }
        content.add(steps: SendKeys.steps(event), event.integer(.submission), event.flag(.critical))
        return content.digest
    }

    private static func digest(of request: SendRequest, steps: Fingerprint) -> Fingerprint {
        var content = RequestContent()
        content.add(.subject, request.subject)
        content.add(.account, request.account)
        content.add(.chat, request.chat)
        content.add(.person, request.person)
        content.add(.category, request.category)
        content.add(.text, request.text)
        content.add(.zone, request.zone)
        content.add(.purpose, request.purpose)
        content.add(.template, request.template)
        content.add(.reply, request.reply)
        content.add(steps: steps, request.submission, request.critical)
        return content.digest
    }
}

/// What is asked, as bytes of which no two requests share a spelling.
private struct RequestContent {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    /// The texts of a request, in the order in which they are added.
    static let texts: [Field] = [
        .subject, .account, .chat, .person, .category, .text, .zone, .purpose, .template, .reply,
    ]

    mutating func add(_ field: Field, _ text: String?) {
        if let text { add(field, text.utf8Span.span) }
    }

    mutating func add(_ field: Field, _ text: Span<UInt8>) {
        bytes.append(field.rawValue)
        bytes.append(varint: UInt64(text.count))
        bytes.append(text)
    }

    mutating func add(steps: Fingerprint, _ submission: Int64?, _ isCritical: Bool) {
        bytes.append(isCritical ? 1 : 0)
        bytes.append(littleEndian: steps.bits)
        // Submissions count from 1, so that -1 is none.
        bytes.append(littleEndian: submission ?? -1)
    }

    var digest: Fingerprint { bytes.span.fingerprint() }
}
