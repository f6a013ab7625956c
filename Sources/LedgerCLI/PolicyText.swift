import Assets
import Bytes
import Crypto
import Events
import Gate
import Ledger
import Storage

/// A policy: its text as it is recorded, its hash, what it says and what it cannot mean.
struct PolicyText: Sendable {
    /// The text with presets and variables put in.
    let text: String
    let policy: Policy
    /// SHA-256 of the text.
    let hash: String
    /// What the linter found.
    let findings: [PolicyFinding]

    /// The findings that keep a policy from being applied.
    var errors: [PolicyFinding] { findings.filter { $0.level == .error } }

    /// Reads a file, standard input for `-`, or a preset for `preset:NAME`.
    init(path: String) throws {
        let bytes = try Self.contents(of: path)
        try Self.check(bytes.count, path)
        let source = Self.source(beside: path)
        let span = bytes.span
        let file = try PolicyFile(span, source: source)
        try Self.check(file.text.utf8.count, path)
        self.init(file)
    }

    /// Takes the text of a policy that was applied.
    init(_ text: String) throws {
        self.init(try PolicyFile(text.utf8Span.span, source: .none))
    }

    private init(_ file: PolicyFile) {
        text = file.text
        policy = file.policy
        hash = file.text.utf8Span.span.sha256.hex
        let zones = SystemZones.shared
        // A machine without the database of zones cannot say that one is wrong.
        let isBlind = zones.rules("UTC") == nil
        findings = PolicyLint.findings(of: file) { isBlind || zones.rules($0) != nil }
    }

    private static func contents(of path: String) throws -> [UInt8] {
        let mark = "preset:"
        guard path.hasPrefix(mark) else { return try InputText.contents(of: path) }
        return Array(try preset(String(path.dropFirst(mark.count))).utf8)
    }

    /// The text of a preset.
    static func preset(_ name: String) throws(Failure) -> String {
        guard let text = Assets.preset(name) else {
            throw Failure(
                "not_found",
                "there is no preset \(name); there are \(Assets.presets.joined(separator: ", "))")
        }
        return text
    }

    /// Presets by name, files beside the policy by a name that ends with .yaml, and the variables
    /// of this process.
    private static func source(beside path: String) -> PolicySource {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return PolicySource { name in
            guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
                return Assets.preset(name)
            }
            let file = name.hasPrefix("/") ? name : folder + name
            let bytes = try? Descriptor.contents(of: file, byteMax: bytesMax)
            return bytes.flatMap { String(validating: $0, as: UTF8.self) }
        } variable: { name in
            LocalHost.environment([name])[name]
        }
    }

    private static func check(_ count: Int, _ path: String) throws(Failure) {
        guard count <= bytesMax else {
            throw Failure(
                "too_large", "a policy has at most \(bytesMax) bytes, \(path) has \(count)")
        }
    }

    /// The record of a policy, with who and why, has at most 65,535 bytes.
    private static let bytesMax = 60_000

    /// Writes the members `hash`, `settings` (key to value, null where off) and `text`.
    func write(to json: inout JSONWriter) {
        json.member("hash", hash)
        json.key("settings")
        json.beginObject()
        for setting in policy.settings {
            json.key(setting.path)
            if let value = setting.value { json.raw(value.utf8Span.span) } else { json.null() }
        }
        json.endObject()
        json.member("text", text)
    }
}
