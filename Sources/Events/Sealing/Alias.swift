public import Bytes

/// One spelling for the aliases that name the same number, or the same account of a provider.
///
/// | alias | canonical |
/// |---|---|
/// | `+27821234567`, `whatsapp:+27821234567`, `SMS:+27821234567` | `27821234567` |
/// | `+27 82 123 4567`, `tel:+27-82-123-4567`, `+27821234567;ext=1` | `27821234567` |
/// | `+27 (0)82 123 4567`, `(+27) 82…`, `0027 82…`, `https://wa.me/27…` | `27821234567` |
/// | whole-width digits, ` 27821234567` (the raw plus of a form) | `27821234567` |
/// | `27821234567@s.whatsapp.net`, `…@C.US`, `…@hosted` | `27821234567` |
/// | `27821234567_1:3@c.us` (agent 1, device 3), `….0:1@c.us`, `…:12` | `27821234567` |
/// | `2233445566:3@lid`, `2233445566@hosted.lid` | `2233445566@lid` |
/// | `120363000000000001@G.US` | `120363000000000001@g.us` |
/// | two forms of a number of Mexico, Brazil, Argentina (`NumberPlan`) | one of them |
///
/// Any other alias stays as it is: a national number (`082 123 4567`) says a country's number only
/// with the country, see `national`, and a business-scoped id (`US.13491208655302741918`) says
/// none.
public enum Alias {
    /// What changes when an account or a person gets another canonical spelling: views that hold
    /// fingerprints of the old ones are built anew.
    public static let version: UInt8 = 1

    /// Calls `body` with the canonical spelling of an alias: a part of it, or a text of its own.
    public static func withCanonical<Value, Failure: Error>(
        _ alias: Span<UInt8>, _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        switch quick(alias) ?? AliasReading(alias).spelling {
        case .whole: try body(alias)
        case .part(let range): try body(alias.extracting(range))
        case .text(let text): try body(text.span)
        }
    }

    /// The canonical spelling as a text.
    public static func canonical(_ alias: String) -> String {
        withCanonical(alias.utf8Span.span) { $0.string }
    }

    /// Whether two aliases have the same canonical spelling.
    public static func areSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        let known = withCanonical(one) { $0.array }
        return withCanonical(other) { $0.equals(known.span) }
    }

    /// What a person may have typed in the country: digits and marks between them, without the
    /// country's number; nil for every alias that says who it is by itself.
    ///
    /// It is what `people.region` is asked for; whoever cannot read it must not take it for an
    /// alias.
    public static func national(_ alias: Span<UInt8>) -> String? {
        quick(alias) == nil ? AliasReading(alias).national : nil
    }

    /// As above, of a text.
    public static func national(_ alias: String) -> String? { national(alias.utf8Span.span) }

    /// Under which further spellings a ledger of an earlier version may know the same person; none
    /// of them leads to the person by its own canonical spelling alone.
    public static func oldSpellings(of alias: Span<UInt8>) -> [[UInt8]] {
        var old: [[UInt8]] = []
        withCanonical(alias) { canonical in
            guard isNumber(canonical) else { return }
            old = NumberPlan.others(of: canonical)
            old.append([0x30, 0x30] + canonical.array)
            old.append([0x20] + canonical.array)
        }
        // What no earlier version read was an alias of its own.
        if quick(alias) == nil { old.append(alias.array) }
        return old
    }

    // MARK: - Accounts

    /// The fingerprint of one of our sending identities, the same for all spellings of a number.
    public static func account(_ name: Span<UInt8>) -> Fingerprint {
        if name.count > 1, name[0] == plus, quick(name) != nil { return name.fingerprint() }
        return withCanonical(name) { canonical in
            isNumber(canonical)
                ? ([plus] + canonical.array).span.fingerprint() : canonical.fingerprint()
        }
    }

    /// The fingerprint of one of our sending identities.
    public static func account(_ name: String) -> Fingerprint { account(name.utf8Span.span) }

    // MARK: - Groups

    /// The fingerprint of a group chat, whatever the case of its server.
    public static func group(_ name: Span<UInt8>) -> Fingerprint {
        withCanonical(name) { $0.fingerprint() }
    }

    // MARK: - Without a look at the rest

    enum Spelling: Equatable {
        case whole
        case part(Range<Int>)
        case text([UInt8])
    }

    /// How many digits a number has.
    static let lengths = 7...15
    static let plus: UInt8 = 0x2B

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Whether it is what ``withCanonical(_:_:)`` makes of numbers.
    static func isNumber(_ bytes: Span<UInt8>) -> Bool {
        guard lengths.contains(bytes.count) else { return false }
        for at in bytes.indices where !isDigit(bytes[at]) { return false }
        return bytes[0] != 0x30
    }

    private static let endings = ["@s.whatsapp.net", "@c.us"].map { Array($0.utf8) }
    private static let lid = Array("@lid".utf8)

    /// The spelling of what nearly all aliases are: digits with or without plus, or a plain JID.
    private static func quick(_ alias: Span<UInt8>) -> Spelling? {
        let start = alias.count > 0 && alias[0] == plus ? 1 : 0
        var end = start
        while end < alias.count, isDigit(alias[end]) { end += 1 }
        guard end > start else { return nil }
        let rest = alias.extracting(end...)
        if start == 0, rest.equals(lid.span) { return .whole }
        guard lengths.contains(end - start), alias[start] != 0x30 else { return nil }
        guard rest.count == 0 || endings.contains(where: { rest.equals($0.span) }) else {
            return nil
        }
        return NumberPlan.isPlanned(alias.extracting(start..<end)) ? nil : .part(start..<end)
    }
}
