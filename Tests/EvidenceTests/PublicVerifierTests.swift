import Evidence
import TestSupport
import Testing

/// What Go's public code, unmodified, says of the files that this room makes.
@Suite(
    .enabled(
        if: PublicVerifier.isThere,
        "needs Debian's golang-go and golang-golang-x-mod-dev: run tools/setup --tests"))
struct `A public verifier` {
    @Test func `accepts what is written here, at any size`() throws {
        let verifier = try PublicVerifier()
        defer { verifier.remove() }
        for count in [1, 2, 255, 256, 257, 300, 1_000, 66_000] {
            let log = try SampleLog(count: count)
            let proofs = Set([0, count / 3, count - 1]).sorted()
            var files = try log.files(proofs: proofs)
            let old = max(1, count / 2)
            files["old"] = bytes(try log.checkpoint(old).serialised)
            files["growth"] = bytes(try log.growth(from: old).text)
            let answer = try verifier.judge(files)
            #expect(
                answer
                    == "ok: ledger.example/acct1, \(count) records, \(proofs.count) proofs\n"
                    + "ok: grown from \(old) to \(count) records\n")
        }
    }

    @Test func `rejects every file with a bit flipped`() throws {
        let verifier = try PublicVerifier()
        defer { verifier.remove() }
        let log = try SampleLog(count: 300)
        var files = try log.files(proofs: [0, 257])
        files["old"] = bytes(try log.checkpoint(77).serialised)
        files["growth"] = bytes(try log.growth(from: 77).text)
        #expect(try verifier.judge(files).hasPrefix("ok"))
        var chance = SeededGenerator(state: 3)
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            // The end of a key is no part of it.
            let place = Int.random(in: 0..<content.count - 1, using: &chance)
            var altered = files
            altered[path]?[place] ^= 1 << UInt8.random(in: 0..<7, using: &chance)
            let answer = try verifier.judge(altered)
            #expect(answer.contains("FAIL"), "\(path), byte \(place): \(answer)")
        }
    }
}
