import Bytes
import Crypto
import Events
import Ledger

/// Input that is put aside: the event that keeps it.
enum PutAside {
    /// The most bytes that are kept in the event itself; what is longer lies beside the log.
    static let rawBytesMax = 48 << 10

    /// The SHA-256 of some bytes, in hexadecimal.
    static func digest(of raw: [UInt8]) -> String { raw.span.sha256.hex }

    /// The event; its id is its content's, so that a repeat adds nothing.
    static func draft(
        _ raw: [UInt8], _ format: String, _ line: Int, _ code: String, _ reason: String
    ) throws(EventError) -> Draft {
        let digest = digest(of: raw)
        var event = InputQuarantined()
        event.format = format
        event.line = Int64(line)
        event.code = .text(code.cut(toBytes: 100))
        let sentence = reason.hasSuffix(".") ? reason : reason + "."
        event.error = .text(sentence.cut(toBytes: 1_000))
        if raw.count <= rawBytesMax {
            event.raw = raw
        } else {
            event.hash = digest
            event.count = Int64(raw.count)
        }
        return try event.draft(source: Ledger.ownSource, id: "quarantine-\(digest)")
    }
}
