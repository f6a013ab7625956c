import Bytes
public import Crypto

/// Whether a webhook comes from who knows a secret: checks of the headers that providers send.
///
/// # Basics
/// Codes are over the bytes as they were received. JSON that was read and written again has other
/// bytes: Meta escapes letters beyond ASCII, and `/`.
///
/// Several secrets may hold at once, so that one can be replaced without losing a webhook.
///
/// # Caveats
/// A header proves who sent the body, not when: a body can be sent again. Ids tell repeats apart.
public enum WebhookSignature {
    /// Whether `X-Hub-Signature-256` holds: Meta's Cloud API and GOWA.
    ///
    /// The header is `sha256=` and the hexadecimal HMAC-SHA256 of the body; Wassenger's
    /// `X-Wassenger-Signature` has the same form. Source: developers.facebook.com, Graph API
    /// webhooks, "Validating payloads".
    /// - Parameters:
    ///   - header: the header's value, or nil where there is none.
    ///   - body: the bytes as they were received.
    ///   - secrets: those of the app, the new one and the one before it; none holds for nobody.
    public static func isFromHub(
        _ header: String?, of body: Span<UInt8>, secrets: [Secret]
    ) -> Bool {
        guard let header, header.hasPrefix("sha256=") else { return false }
        return holds(String(header.dropFirst(7)), .sha256, of: body, secrets)
    }

    /// Whether WAHA's `X-Webhook-Hmac` holds: the hexadecimal HMAC-SHA512 of the body.
    ///
    /// - Parameter algorithm: the value of `X-Webhook-Hmac-Algorithm`; any but `sha512` fails.
    public static func isFromWAHA(
        _ header: String?, algorithm: String? = nil, of body: Span<UInt8>, secrets: [Secret]
    ) -> Bool {
        guard let header, algorithm == nil || algorithm?.lowercased() == "sha512" else {
            return false
        }
        return holds(header, .sha512, of: body, secrets)
    }

    private static func holds(
        _ hex: String, _ hash: HMAC.Hash, of body: Span<UInt8>, _ secrets: [Secret]
    ) -> Bool {
        let digits = Array(hex.utf8)
        guard let code = digits.span.hexadecimalBytes, code.count == hash.byteCount else {
            return false
        }
        return matches(code, hash, of: body, secrets)
    }

    /// Whether a code is that of a message under one of the secrets.
    ///
    /// All of them are tried, so that the time says nothing of which one held.
    static func matches(
        _ code: [UInt8], _ hash: HMAC.Hash, of message: Span<UInt8>, _ secrets: [Secret]
    ) -> Bool {
        var isFound = false
        // An empty secret is none: everybody knows it.
        for secret in secrets where secret.count > 0 {
            let expected = HMAC.code(hash, key: secret.bytes, message)
            if expected.bytes.equalsInConstantTime(code.span) { isFound = true }
        }
        return isFound
    }
}
