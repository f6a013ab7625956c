import Storage

extension EndToEnd {
    /// A ledger of its own, and words that name it.
    public struct Place: Sendable {
        /// The folder that holds everything of the test.
        public let folder: String
        /// The ledger's folder.
        public var ledger: String { folder + "/ledger" }

        /// A place in a folder that is there, without a ledger yet.
        public init(folder: String) { self.folder = folder }

        /// Runs a verb on the ledger.
        public func run(
            _ words: String..., input: String = "", environment: [String: String] = [:],
            seconds: Int = 20
        ) throws -> Finished {
            try EndToEnd.run(
                ["--ledger", ledger] + words, input: input, environment: environment,
                seconds: seconds)
        }

        /// Starts a verb on the ledger.
        public func start(_ words: String...) throws -> RunningProcess {
            try RunningProcess(["--ledger", ledger] + words)
        }

        /// Writes a file beside the ledger; answers its path.
        public func file(_ name: String, _ text: String) throws -> String {
            let path = folder + "/" + name
            try Descriptor.create(path, Array(text.utf8))
            return path
        }

        /// Runs `body` while what was signed is out of sight; the keys of records stay.
        public func withoutSigned(_ body: () throws -> Void) throws {
            let (keys, away) = (ledger + "/keys/", folder + "/away/")
            try Folder.create(away)
            let signed = Folder.names(in: keys).filter { !$0.hasPrefix("vault") && $0 != "master" }
            for name in signed { try Folder.rename(keys + name, to: away + name) }
            try body()
            for name in Folder.names(in: keys) where signed.contains(name) {
                try Folder.removeAll(keys + name)
            }
            for name in signed { try Folder.rename(away + name, to: keys + name) }
        }

        /// The number of events in the ledger.
        public func count() throws -> Int {
            try run("events", "--json").lines.count
        }
    }

    /// A new ledger, in memory or `onDisk`, removed at the end.
    public static func withPlace<V>(
        development: Bool = false, onDisk: Bool = false, _ body: (Place) async throws -> V
    ) async throws -> V {
        try await withTemporaryFolder(onDisk: onDisk) { folder in
            let place = Place(folder: folder)
            let words = ["init", "--name", "test.example/end", "--quiet"]
            let made = try EndToEnd.run(
                ["--ledger", place.ledger] + words + (development ? ["--development"] : []))
            guard made.code == 0 else { throw InitFailed(message: made.err) }
            return try await body(place)
        }
    }

    /// The ledger of a test could not be made.
    struct InitFailed: Error { let message: String }

    /// One event as a line without its end.
    public static func event(
        _ id: String, type: String = "message.received", time: String = "2025-10-01T16:51:02Z",
        source: String = "test/1", subject: String = "DR1854951", data: String = ""
    ) -> String {
        let members = data.isEmpty ? "" : "," + data
        return
            "{\"specversion\":\"1.0\",\"id\":\"\(id)\",\"source\":\"\(source)\",\"type\":\"\(type)\","
            + "\"time\":\"\(time)\",\"subject\":\"\(subject)\",\"data\":{\"account\":\"a\","
            + "\"chat\":\"c@g.us\"\(members)}}"
    }

    /// The policy of the issue.
    public static let policy = """
        rate_limits:
          messages_per_minute: 2
          messages_per_hour: 20
          messages_per_day: 100
          cooldown_between_same_drop: 3600
          startup_grace_period: 300

        """
}
