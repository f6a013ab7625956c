/// What each room may import: the one table that Package.swift, README and the sources agree on.
enum Rooms {
    /// Room to rooms and doors, in the order of Package.swift.
    static let imports: [(room: String, allowed: [String])] = [
        ("Assets", ["CAssets"]),
        ("SQLite", ["CSQLite"]),
        ("Archives", ["CZ", "CZip"]),
        ("Patterns", ["CPCRE2"]),
        ("Bytes", ["CXXHash"]),
        ("Documents", []),
        ("Crypto", ["COpenSSL", "Bytes"]),
        ("Evidence", ["Bytes", "Crypto"]),
        ("Storage", ["CLMDB", "CPosix", "Bytes"]),
        ("Vault", ["Bytes", "Crypto", "Storage"]),
        ("Events", ["Bytes"]),
        ("TimeZones", ["Bytes"]),
        ("Views", ["Bytes", "Events"]),
        ("YAML", ["CYAML"]),
        ("Gate", ["Patterns", "Bytes", "Events", "TimeZones", "Views", "YAML"]),
        (
            "Ledger",
            [
                "Patterns", "Bytes", "Crypto", "Evidence", "Storage", "Vault", "Events",
                "TimeZones", "Views",
                "Gate",
            ]
        ),
        (
            "Audit",
            [
                "Assets", "SQLite", "Bytes", "Documents", "Crypto", "Evidence", "Storage", "Vault",
                "Events", "TimeZones", "Views", "Gate", "Ledger",
            ]
        ),
        (
            "Replay",
            [
                "Bytes", "Documents", "Crypto", "Events", "TimeZones", "Views", "Gate", "Ledger",
                "Assets",
            ]
        ),
        ("Adapters", ["Bytes", "Crypto", "Events", "Patterns", "TimeZones"]),
        ("Bench", ["Bytes", "Crypto", "Storage", "Events", "Views", "Gate", "Ledger"]),
        ("CommandLineKit", []),
        ("PhoneNumbers", []),
        (
            "LedgerCLI",
            [
                "Archives", "Assets", "SQLite", "Bytes", "Crypto", "Evidence", "Storage", "Vault",
                "Events",
                "Views", "Gate", "Ledger", "Audit", "Replay", "Adapters", "Bench", "CommandLineKit",
                "Documents", "PhoneNumbers", "YAML",
            ]
        ),
    ]

    /// Modules of the toolchain that a room may import beside those.
    static let toolchain: [String: Set<String>] = [
        "Bytes": ["Glibc"],
        "Storage": ["Glibc", "Synchronization"],
        "Ledger": ["Glibc", "Synchronization"],
        "Bench": ["Glibc", "Synchronization"],
        "CommandLineKit": ["Glibc", "Synchronization"],
        "PhoneNumbers": ["Glibc"],
        "LedgerCLI": ["Glibc", "Synchronization"],
    ]

    /// Rooms without clock, files and processes.
    static let pure = ["Evidence", "Events", "TimeZones", "Views", "Gate", "Adapters"]

    /// Rooms with a door to C, where pointers are handled.
    static let unsafe: Set<String> = [
        "SQLite", "Bytes", "Crypto", "Storage", "YAML", "Assets", "Archives", "Patterns",
        "PhoneNumbers",
    ]
}
