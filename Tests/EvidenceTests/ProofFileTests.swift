import Bytes
import Crypto
import Evidence
import Foundation
import Testing

@Suite struct `A proof of a record` {
    @Test(arguments: [1, 2, 3, 255, 256, 257, 300, 513])
    func `verifies offline against record and key`(count: Int) throws {
        let log = try SampleLog(count: count)
        for index in Set([0, count / 2, count - 1]) {
            let text = try log.proof(index).text
            let proof = try RecordProof(parsing: bytes(text).span)
            #expect(proof.index == UInt64(index))
            #expect(proof.text == text)
            let record = log.records[index]
            let checkpoint = try proof.verify(record: record.span, by: log.key.verifier)
            #expect(checkpoint.size == UInt64(count))
        }
    }

    @Test func `is refused with any byte of it, or of the record, altered`() throws {
        let log = try SampleLog(count: 300)
        let record = log.records[257]
        let file = bytes(try log.proof(257).text)
        func refusal(_ file: [UInt8], _ record: [UInt8]) -> EvidenceError.Code? {
            code {
                try RecordProof(parsing: file.span)
                    .verify(record: record.span, by: log.key.verifier)
            }
        }
        #expect(refusal(file, record) == nil)
        for place in file.indices {
            for bit in 0..<8 as Range<UInt8> {
                var altered = file
                altered[place] ^= 1 << bit
                #expect(refusal(altered, record) != nil, "byte \(place), bit \(bit)")
            }
            #expect(refusal(Array(file[..<place]), record) != nil, "cut at \(place)")
        }
        for place in record.indices {
            var altered = record
            altered[place] ^= 1
            #expect(refusal(file, altered) == .wrongRoot)
        }
        #expect(refusal(file, record + [0]) == .wrongRoot)
        #expect(refusal(file, log.records[256]) == .wrongRoot)
    }

    @Test func `is refused under another key`() throws {
        let log = try SampleLog(count: 9)
        let proof = try log.proof(4)
        let record = log.records[4]
        let stranger = try SignerKey(name: log.key.verifier.name, key: .generate()).verifier
        #expect(code { try proof.verify(record: record.span, by: stranger) } == .unsigned)
    }

    @Test func `carries what its writer adds`() throws {
        let log = try SampleLog(count: 9)
        var leaves = log.leaves
        let inclusion = try InclusionProof(index: 4, size: 9, from: &leaves)
        for extra in [[], [1], bytes("salt and text")] as [[UInt8]] {
            let proof = RecordProof(inclusion, checkpoint: try log.checkpoint(), extra: extra)
            let read = try RecordProof(parsing: bytes(proof.text).span)
            #expect(read == proof)
            #expect(read.extra == extra)
            let record = log.records[4]
            try read.verify(record: record.span, by: log.key.verifier)
        }
    }

    @Test func `refuses every other spelling`() throws {
        let log = try SampleLog(count: 9)
        let text = try log.proof(4).text
        let alterations = [
            ("@v1", "@v2"), ("c2sp", "C2SP"), ("index 4", "index 04"), ("index 4", "index  4"),
            ("index 4", "index +4"), ("index 4", "Index 4"), ("index 4\n", ""),
            ("index 4", "index \u{301}4"), ("index 4", "index 4\nindex 4"),
            ("index 4", "index 4\nextra AAAA"), ("index 4", "extra AAA\nindex 4"),
            ("index 4", "extra AAAA\nextra AAAA\nindex 4"), ("index 4", "\nindex 4"),
            ("index 4", "index 4\r"), ("=\n\n", "=\n"), ("=\n", "=\r\n"),
        ]
        for (from, to) in alterations {
            let range = try #require(text.range(of: from), "\(from)")
            let altered = bytes(text.replacingCharacters(in: range, with: to))
            #expect(
                code { _ = try RecordProof(parsing: altered.span) } == .malformed, "\(from): \(to)")
        }
        // An empty line too early makes the other hashes part of what would have been signed.
        let end = try #require(text.range(of: "=\n"))
        let early = bytes(text.replacingCharacters(in: end, with: "=\n\n"))
        let proof = try RecordProof(parsing: early.span)
        let record = log.records[4]
        #expect(
            code { try proof.verify(record: record.span, by: log.key.verifier) }
                == .wrongSignature)
        let hash = log.leaves.hashes[0].base64
        let range = try #require(text.range(of: "index 4\n"))
        let many = "index 4\n" + String(repeating: hash + "\n", count: 60)
        let long = bytes(text.replacingCharacters(in: range, with: many))
        #expect(code { _ = try RecordProof(parsing: long.span) } == .malformed)
    }
}

@Suite struct `A proof of growth` {
    @Test func `verifies against the earlier checkpoint and the key`() throws {
        let log = try SampleLog(count: 300)
        for size in [0, 1, 2, 3, 255, 256, 299, 300] {
            let file = bytes(try log.growth(from: size).text)
            let proof = try GrowthProof(parsing: file.span)
            let old = try Checkpoint(text: try log.checkpoint(size).text)
            let new = try proof.verify(since: old, by: log.key.verifier)
            #expect(new.size == 300)
            #expect(proof.text.utf8.elementsEqual(file))
        }
    }

    @Test func `is refused with any byte altered`() throws {
        let log = try SampleLog(count: 300)
        let old = try Checkpoint(text: try log.checkpoint(77).text)
        let file = bytes(try log.growth(from: 77).text)
        for place in file.indices {
            for bit in 0..<8 as Range<UInt8> {
                var altered = file
                altered[place] ^= 1 << bit
                #expect(
                    code {
                        try GrowthProof(parsing: altered.span)
                            .verify(since: old, by: log.key.verifier)
                    } != nil, "byte \(place), bit \(bit)")
            }
        }
    }

    @Test func `is refused for another history, another size, another log`() throws {
        let log = try SampleLog(count: 300)
        let proof = try log.growth(from: 77)
        let key = log.key.verifier
        let origin = key.name
        func refusal(_ origin: String, _ size: Int, _ root: Digest) -> EvidenceError.Code? {
            code {
                let old = try Checkpoint(origin: origin, size: UInt64(size), root: root)
                try proof.verify(since: old, by: key)
            }
        }
        let root = log.leaves.root(of: 77)
        #expect(refusal(origin, 77, root) == nil)
        #expect(refusal(origin, 77, log.leaves.root(of: 78)) == .wrongRoot)
        #expect(refusal(origin, 78, log.leaves.root(of: 78)) == .outOfRange)
        #expect(refusal("another.example/log", 77, root) == .unsigned)
        let stranger = try SignerKey(name: origin, key: .generate()).verifier
        let old = try Checkpoint(origin: origin, size: 77, root: root)
        #expect(code { try proof.verify(since: old, by: stranger) } == .unsigned)
    }

    @Test func `refuses a log that was cut short`() throws {
        let log = try SampleLog(count: 50)
        let old = try Checkpoint(
            origin: log.key.verifier.name, size: 60, root: log.leaves.root(of: 50))
        let proof = GrowthProof(
            ConsistencyProof(oldSize: 60, newSize: 50, hashes: []),
            checkpoint: try log.checkpoint())
        #expect(code { try proof.verify(since: old, by: log.key.verifier) } == .outOfRange)
    }

    @Test(arguments: ["", "old\n", "old 07", "old -1", "Old 7", "new 7", "old 7 ", "old \u{301}7"])
    func `refuses every other spelling`(line: String) throws {
        let log = try SampleLog(count: 9)
        let text = try log.growth(from: 7).text
        let altered = bytes(line + text.dropFirst("old 7".count))
        #expect(code { _ = try GrowthProof(parsing: altered.span) } == .malformed)
    }
}
