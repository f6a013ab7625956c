import Bytes
public import Crypto

/// Twilio's `X-Twilio-Signature`: the HMAC-SHA1, in base64, of the URL and the parameters.
///
/// Source: twilio.com/docs/usage/security (2026-05), "Validating requests".
public enum TwilioSignature {
    /// Whether a form that was posted comes from Twilio.
    ///
    /// - Parameters:
    ///   - header: the header's value, or nil where there is none.
    ///   - url: the whole URL that Twilio was given, with scheme and query; behind a proxy it is
    ///     not the one that the request names.
    ///   - form: the parameters of the body, their escapes resolved; none for `GET`.
    ///   - tokens: auth tokens of the account, the primary and the secondary one.
    public static func isFromTwilio(
        _ header: String?, url: String, form: [(name: String, value: String)], tokens: [Secret]
    ) -> Bool {
        // By bytes; a pair that stands twice counts once, as in Twilio's own libraries.
        let pairs = form.map { (Array($0.name.utf8), Array($0.value.utf8)) }
            .sorted { one, other in
                one.0 == other.0
                    ? one.1.lexicographicallyPrecedes(other.1)
                    : one.0.lexicographicallyPrecedes(other.0)
            }
        var tail: [UInt8] = []
        for (index, pair) in pairs.enumerated() where index == 0 || pairs[index - 1] != pair {
            tail += pair.0 + pair.1
        }
        return holds(header, url, tail, tokens)
    }

    /// Whether a body of another kind, such as JSON, comes from Twilio: the query of the URL names
    /// its SHA-256 as `bodySHA256`, and the signature is over the URL alone.
    public static func isFromTwilio(
        _ header: String?, url: String, body: Span<UInt8>, tokens: [Secret]
    ) -> Bool {
        let name = "bodySHA256="
        guard let query = url.split(separator: "?", maxSplits: 1).dropFirst().first else {
            return false
        }
        let digests = query.split(separator: "&").filter { $0.hasPrefix(name) }
        guard digests.count == 1 else { return false }
        let digits = Array(digests[0].dropFirst(name.count).utf8)
        let digest = body.sha256.bytes
        guard let named = digits.span.hexadecimalBytes,
            digest.span.equalsInConstantTime(named.span)
        else { return false }
        return holds(header, url, [], tokens)
    }

    private static func holds(
        _ header: String?, _ url: String, _ tail: [UInt8], _ tokens: [Secret]
    ) -> Bool {
        guard let header else { return false }
        let letters = Array(header.utf8)
        guard let code = Base64.decode(letters.span), code.count == HMAC.Hash.sha1.byteCount else {
            return false
        }
        var isFound = false
        for spelling in spellings(of: url) {
            let message = Array(spelling.utf8) + tail
            if WebhookSignature.matches(code, .sha1, of: message.span, tokens) { isFound = true }
        }
        return isFound
    }

    /// The URL as it is, and with or without the port that its scheme implies: Twilio signs either.
    private static func spellings(of url: String) -> [String] {
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")]
        where url.hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count)
            let host = rest.prefix { $0 != "/" && $0 != "?" }
            let path = rest.dropFirst(host.count)
            if host.hasSuffix(port) { return [url, scheme + host.dropLast(port.count) + path] }
            if !host.contains(":") { return [url, scheme + host + port + path] }
        }
        return [url]
    }
}
