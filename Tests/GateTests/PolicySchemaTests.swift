import Gate
import Glibc
import Testing

@Suite struct `The schema of a policy` {
    @Test func `is the table of keys, rendered`() throws {
        let path = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try #require(fopen("/\(path)/schemas/policy.v1.json", "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        bytes.removeSubrange(fread(&bytes, 1, bytes.count, file)...)
        #expect(String(decoding: bytes, as: UTF8.self) == PolicySchema.json)
    }

    @Test func `names every key with its unit and range`() {
        for key in PolicyKey.all {
            let name = key.path.split(separator: ".").last.map(String.init) ?? key.path
            #expect(PolicySchema.json.contains("\"\(name)\": {"))
            let sentence = "\(key.summary) Takes \(key.takes)."
                .split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
            #expect(PolicySchema.json.contains(sentence))
        }
        #expect(PolicySchema.json.contains("\"default\": 30"))
    }
}
