public import Bytes

/// One spelling for a template in its language, however an event names it.
public enum TemplateName {
    /// `name` and `language` with a byte between them that no name holds.
    ///
    /// - Parameters:
    ///   - template: the member `template`: a name, or a JSON object with `name` and `language`.
    ///   - language: the member `language` beside it, where there is one.
    public static func canonical(_ template: Span<UInt8>, language: Span<UInt8>?) -> [UInt8] {
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
        return Array(name.utf8) + [0x1F] + Array((tongue ?? "").utf8)
    }

    /// The fingerprint of a template in clear.
    public static func fingerprint(
        _ template: Span<UInt8>, language: Span<UInt8>? = nil
    ) -> Fingerprint {
        let name = canonical(template, language: language)
        return Fingerprint(of: String(decoding: name, as: UTF8.self))
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
