public import Bytes

/// One spelling for a template in its language, however an event names it.
public enum TemplateName {
    /// The name and the language; no language is an empty one.
    ///
    /// - Parameters:
    ///   - template: the member `template`: a name, or a JSON object with `name` and `language`.
    ///   - language: the member `language` beside it, where there is one.
    public static func parts(
        _ template: Span<UInt8>, language: Span<UInt8>?
    ) -> (name: String, language: String) {
        let text = template.string
        var name = text
        var tongue = language?.string
        if let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "\""),
            let json = try? JSONValue.parse(text)
        {
            name = json.text ?? json["name"]?.text ?? text
            // A template's language may be an object of its own in the provider's format.
            tongue = json["language"]?.text ?? json["language"]?["code"]?.text ?? tongue
        }
        return (name, tongue ?? "")
    }

    /// The fingerprint of a template in its language, by a hash of names.
    ///
    /// Its high half is that of the name alone, so that the template in all its languages can be
    /// found from it in one: see ``Fingerprint/templateFamily``.
    public static func fingerprint<Failure: Error>(
        _ template: Span<UInt8>, language: Span<UInt8>?,
        by hash: (Span<UInt8>) throws(Failure) -> Fingerprint
    ) throws(Failure) -> Fingerprint {
        let (name, tongue) = parts(template, language: language)
        let bytes = Array(name.utf8)
        let family = try hash(bytes.span).templateFamily
        guard !tongue.isEmpty else { return family }
        // No name holds the byte between the two.
        let whole = bytes + [0x1F] + Array(tongue.utf8)
        let low = try hash(whole.span).low
        return Fingerprint(UInt128(family.high) << 64 | UInt128(low))
    }

    /// The fingerprint of a template in clear.
    public static func fingerprint(
        _ template: Span<UInt8>, language: Span<UInt8>? = nil
    ) -> Fingerprint {
        fingerprint(template, language: language) { $0.fingerprint() }
    }
}

extension Fingerprint {
    /// The fingerprint of a template without a language, from that of it in any language.
    public var templateFamily: Fingerprint {
        let low = high ^ 0x7465_6D70_6C61_7465
        return Fingerprint(UInt128(high) << 64 | UInt128(low))
    }
}

extension EventView {
    /// The template in its language, or ``Fingerprint/none``.
    public var template: Fingerprint {
        let sealed = name(.template)
        guard sealed == .none, let range = range(of: .template) else { return sealed }
        guard let language = self.range(of: .language) else {
            return TemplateName.fingerprint(bytes.extracting(range))
        }
        return TemplateName.fingerprint(
            bytes.extracting(range), language: bytes.extracting(language))
    }
}
