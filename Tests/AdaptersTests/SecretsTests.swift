import Testing

@testable import Adapters

@Suite struct `Secrets in a JSON text` {
    private static let secrets = Secrets(["apikey", "qr"])

    private static func redacted(_ text: String) -> String? {
        secrets.redacted(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        (#"{"apikey":"k1"}"#, #"{"apikey":"[redacted]"}"#),
        (#"{"API_KEY" : "k1" , "a":1}"#, #"{"API_KEY" : "[redacted]" , "a":1}"#),
        (#"{"api-key":12345,"a":1}"#, #"{"api-key":"[redacted]","a":1}"#),
        (#"{"a":{"apiKey":null}}"#, #"{"a":{"apiKey":"[redacted]"}}"#),
        (#"{"qr":{"code":"x","n":[1,{"m":2}]},"a":1}"#, #"{"qr":"[redacted]","a":1}"#),
        (#"{"qr":["x"],"a":1}"#, #"{"qr":"[redacted]","a":1}"#),
        (#"{"\u0061pikey":"k1"}"#, #"{"\u0061pikey":"[redacted]"}"#),
        (#"{"apikey":"a\"b","a":"\\"}"#, #"{"apikey":"[redacted]","a":"\\"}"#),
        (#"{"apikey":"k1"#, #"{"apikey":"[redacted]""#),
        (
            #"{"apikey":"longenough","u":"?k=longenough&x"}"#,
            #"{"apikey":"[redacted]","u":"?k=[redacted]&x"}"#
        ),
        (
            #"{"apikey":"12345678","u":"+27123456789"}"#,
            #"{"apikey":"[redacted]","u":"+27123456789"}"#
        ),
        (#"{"apikey":"ab\/cdef","u":"ab/cdef"}"#, #"{"apikey":"[redacted]","u":"[redacted]"}"#),
    ])
    func `are taken out, and their values wherever they stand`(
        _ text: String, _ clean: String
    ) {
        #expect(Self.redacted(text) == clean)
    }

    @Test(arguments: ["{}", #"{"key":"apikey"}"#, #"["apikey"]"#, #"{"apikeys":1}"#, "", "\""])
    func `that are none are left`(_ text: String) { #expect(Self.redacted(text) == nil) }
}
