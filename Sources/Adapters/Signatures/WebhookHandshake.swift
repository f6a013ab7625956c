import Bytes
public import Crypto

/// How Meta asks whether an address is ours, before it sends webhooks to it.
public enum WebhookHandshake {
    /// What to answer to `GET` with `hub.mode`, `hub.verify_token` and `hub.challenge`.
    ///
    /// Source: developers.facebook.com, Graph API webhooks, "Verification requests".
    /// - Parameters:
    ///   - query: the parameters of the query, their escapes resolved.
    ///   - tokens: the tokens that were agreed on with Meta.
    /// - Returns: the challenge, to be answered as plain text with status 200; nil for 403.
    public static func answer(
        to query: [(name: String, value: String)], tokens: [Secret]
    ) -> String? {
        guard value("hub.mode", query) == "subscribe",
            let challenge = value("hub.challenge", query), !challenge.isEmpty,
            let token = value("hub.verify_token", query)
        else { return nil }
        var isKnown = false
        let given = token.utf8Span.span
        for known in tokens where known.count > 0 {
            if known.bytes.equalsInConstantTime(given) { isKnown = true }
        }
        return isKnown ? challenge : nil
    }

    /// A parameter; nil where it stands twice, because two readers would see two values.
    private static func value(
        _ name: String, _ query: [(name: String, value: String)]
    ) -> String? {
        let all = query.filter { $0.name == name }
        return all.count == 1 ? all[0].value : nil
    }
}
