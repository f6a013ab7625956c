import Bytes
import Crypto

/// The form that both kinds of proof files share: lines, hashes, an empty line, a checkpoint.
struct ProofText {
    /// The lines before the hashes.
    var head: [String]
    /// The hashes of the proof, at most 63.
    var hashes: [Digest]
    /// The checkpoint as it was signed.
    var checkpoint: Note

    static let hashesMax = 63

    init(head: [String], hashes: [Digest], checkpoint: Note) {
        self.head = head
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// Reads a file; the head goes on until, and with, the first line that `isLast` says is so.
    init(
        parsing bytes: Span<UInt8>, what: String, isLast: (String) -> Bool
    ) throws(EvidenceError) {
        guard bytes.count <= Note.bytesMax else {
            throw EvidenceError(
                .tooLarge, "\(what) of \(bytes.count) bytes: the most is \(Note.bytesMax).")
        }
        let malformed = EvidenceError(
            .malformed, "This is not \(what): head, hashes, an empty line and a checkpoint.")
        let bytes = bytes.array
        guard
            let end = bytes.indices.dropLast().first(where: {
                bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A
            }), var lines = TextLines(bytes[...end])
        else { throw malformed }
        head = []
        hashes = []
        while let line = lines.next() {
            head.append(line)
            if isLast(line) { break }
        }
        while let line = lines.next() {
            guard let hash = Digest(base64: Array(line.utf8).span), hashes.count < Self.hashesMax
            else { throw malformed }
            hashes.append(hash)
        }
        checkpoint = try Note(parsing: Array(bytes[(end + 2)...]).span)
    }

    /// The whole file.
    var text: String {
        let lines = head + hashes.map(\.base64)
        return lines.map { $0 + "\n" }.joined() + "\n" + checkpoint.serialised
    }
}
