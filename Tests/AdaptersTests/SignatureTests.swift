import Adapters
import Bytes
import Crypto
import Testing

@Suite struct `A webhook's signature` {
    private static func secret(_ text: String) -> Secret { Secret(Array(text.utf8).span) }

    private static func hub(_ header: String?, _ body: String, _ secrets: String...) -> Bool {
        let bytes = Array(body.utf8)
        return WebhookSignature.isFromHub(header, of: bytes.span, secrets: secrets.map(secret))
    }

    /// RFC 4231, test case 2.
    private static let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    private static let text = "what do ya want for nothing?"

    @Test func `of Meta holds over the very bytes`() {
        #expect(Self.hub("sha256=" + Self.code, Self.text, "Jefe"))
        #expect(Self.hub("sha256=" + Self.code.uppercased(), Self.text, "Jefe"))
        #expect(!Self.hub("sha256=" + Self.code, Self.text + " ", "Jefe"))
        #expect(!Self.hub("sha256=" + Self.code, Self.text, "jefe"))
    }

    @Test func `of Meta holds with the new secret and with the one before it`() {
        #expect(Self.hub("sha256=" + Self.code, Self.text, "new", "Jefe"))
        #expect(Self.hub("sha256=" + Self.code, Self.text, "Jefe", "old"))
        #expect(!Self.hub("sha256=" + Self.code, Self.text))
    }

    @Test(
        arguments: [
            nil, "", code, "sha1=" + code, "SHA256=" + code, "sha256=", "sha256=" + code.dropLast(),
            "sha256=" + code + "00", "sha256= " + code, "sha256=" + code.dropLast() + "g",
        ] as [String?])
    func `of Meta fails where the header is not as it must be`(_ header: String?) {
        #expect(!Self.hub(header, Self.text, "Jefe"))
    }

    /// HMAC-SHA256 of the empty text under the empty key.
    @Test func `fails under an empty secret, which everybody knows`() {
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(!Self.hub("sha256=" + code, "", ""))
    }

    @Test func `of WAHA is a SHA-512`() {
        let body = Array(#"{"event":"message","session":"default","engine":"WEBJS"}"#.utf8)
        let header =
            "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8"
            + "097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89"
        func holds(_ header: String?, _ key: String, _ algorithm: String? = nil) -> Bool {
            WebhookSignature.isFromWAHA(
                header, algorithm: algorithm, of: body.span, secrets: [Self.secret(key)])
        }
        #expect(holds(header, "my-secret-key"))
        #expect(holds(header, "my-secret-key", "SHA512"))
        #expect(!holds(header, "my-secret-key", "sha256"))
        #expect(!holds(header, "other"))
        #expect(!holds(nil, "my-secret-key"))
    }

    // MARK: - Twilio

    /// The example of Twilio's page on security.
    private static let form = [
        ("To", "+18005551212"), ("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"),
        ("Digits", "1234"), ("From", "+14158675309"),
    ].map { (name: $0.0, value: $0.1) }
    private static let url = "https://mycompany.com/myapp.php?foo=1&bar=2"

    private static func twilio(
        _ header: String?, _ url: String = url,
        _ form: [(name: String, value: String)] = form, _ token: String = "12345"
    ) -> Bool {
        TwilioSignature.isFromTwilio(header, url: url, form: form, tokens: [secret(token)])
    }

    @Test func `of Twilio holds over the URL and the sorted form`() {
        let code = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        #expect(Self.twilio(code))
        #expect(Self.twilio(code, Self.url, Self.form + [Self.form[0]]))
        #expect(!Self.twilio(code, Self.url, Array(Self.form.dropLast())))
        #expect(!Self.twilio(code, Self.url + "#", Self.form))
        #expect(!Self.twilio(code, Self.url, Self.form, "1234"))
        #expect(!Self.twilio(nil))
        #expect(!Self.twilio("RSOYDt4T1cUTdK1PDd93/VVr8B9="))
    }

    @Test func `of Twilio holds with and without the port of the scheme`() {
        let code = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        #expect(Self.twilio(code, "https://mycompany.com:443/myapp.php?foo=1&bar=2"))
        #expect(!Self.twilio(code, "https://mycompany.com:8443/myapp.php?foo=1&bar=2"))
        #expect(!Self.twilio(code, "http://mycompany.com/myapp.php?foo=1&bar=2"))
    }

    /// The example of Twilio's libraries.
    @Test func `of Twilio holds over the digest of a body that is no form`() {
        let body = Array(#"{"property": "value", "boolean": true}"#.utf8)
        let digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
        func holds(_ url: String, _ body: [UInt8]) -> Bool {
            TwilioSignature.isFromTwilio(
                "a9nBmqA0ju/hNViExpshrM61xv4=", url: url, body: body.span,
                tokens: [Self.secret("12345")])
        }
        #expect(holds(Self.url + "&bodySHA256=" + digest, body))
        #expect(!holds(Self.url + "&bodySHA256=" + digest, body + [0x20]))
        #expect(!holds(Self.url, body))
    }

    // MARK: - Handshake

    private static func answer(_ query: [(String, String)]) -> String? {
        WebhookHandshake.answer(
            to: query.map { (name: $0.0, value: $0.1) }, tokens: [secret("old"), secret("token")])
    }

    @Test func `answers the challenge to whoever knows the token`() {
        let good = [
            ("hub.mode", "subscribe"), ("hub.challenge", "1158201444"),
            ("hub.verify_token", "token"),
        ]
        #expect(Self.answer(good) == "1158201444")
        let noToken = Array(good.dropLast())
        let noMode = Array(good.dropFirst())
        let wrong: [[(String, String)]] = [
            noToken, noToken + [("hub.verify_token", "tokem")],
            noToken + [("hub.verify_token", "")],
            noMode + [("hub.mode", "unsubscribe")], good + [("hub.challenge", "2")],
        ]
        for query in wrong { #expect(Self.answer(query) == nil) }
    }
}
