// swift-tools-version: 6.2
import PackageDescription

/// What every target is built with.
let common: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Rooms hand out `Span`s over mapped pages; the lifetime attributes are still experimental.
    .enableExperimentalFeature("Lifetimes"),
]

/// Rooms; tests do without strict memory safety, which `#expect` trips over.
let strict = common + [.strictMemorySafety()]

/// A room of the library.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A suite of tests.
///
/// What it tests is optimised in a release build; the suite itself is only where it computes much,
/// as an oracle does, because that doubles the time to build it.
func suite(_ name: String, _ dependencies: [Target.Dependency], optimised: Bool = false) -> Target {
    let plain = SwiftSetting.unsafeFlags(["-Onone"], .when(configuration: .release))
    return .testTarget(
        name: name, dependencies: dependencies, swiftSettings: common + (optimised ? [] : [plain]))
}

/// A door to a C library of Debian.
func door(_ name: String, apt: String) -> Target {
    .systemLibrary(name: name, providers: [.apt([apt])])
}

/// Everything but the tests.
let rooms: [Target] = [
    door("CLMDB", apt: "liblmdb-dev"),
    door("CYAML", apt: "libyaml-dev"),
    door("COpenSSL", apt: "libssl-dev"),
    door("CPosix", apt: "libc6-dev"),
    door("CSQLite", apt: "libsqlite3-dev"),
    door("CZ", apt: "zlib1g-dev"),
    door("CZip", apt: "libzip-dev"),
    door("CPCRE2", apt: "libpcre2-dev"),
    .target(name: "CAssets", exclude: ["presets"]),
    // Compiled from the header of apt: "libxxhash-dev", once for each set of instructions.
    .target(name: "CXXHash"),
    // A C interface to apt: "libphonenumber-dev", which speaks C++.
    // It holds no Swift, and must load where Swift's libraries are not installed.
    .target(
        name: "CPhoneNumbers",
        linkerSettings: [.linkedLibrary("phonenumber"), .unsafeFlags(["-static-stdlib"])]),
    room("Assets", ["CAssets"]),
    room("SQLite", ["CSQLite"]),
    room("Archives", ["CZ", "CZip"]),
    room("Patterns", ["CPCRE2"]),
    room("Bytes", ["CXXHash"]),
    room("Documents"),
    room("Crypto", ["COpenSSL", "Bytes"]),
    room("Evidence", ["Bytes", "Crypto"]),
    room("Storage", ["CLMDB", "CPosix", "Bytes"]),
    room("Vault", ["Bytes", "Crypto", "Storage"]),
    room("Events", ["Bytes"]),
    room("TimeZones", ["Bytes"]),
    room("Views", ["Bytes", "Events"]),
    room("YAML", ["CYAML"]),
    room("Gate", ["Patterns", "Bytes", "Events", "TimeZones", "Views", "YAML"]),
    room(
        "Ledger",
        [
            "Patterns", "Bytes", "Crypto", "Evidence", "Storage", "Vault", "Events",
            "TimeZones", "Views",
            "Gate",
        ]),
    room(
        "Audit",
        [
            "Assets", "SQLite", "Bytes", "Documents", "Crypto", "Evidence", "Storage", "Vault",
            "Events", "TimeZones", "Views", "Gate", "Ledger",
        ]),
    room(
        "Replay",
        [
            "Bytes", "Documents", "Crypto", "Events", "TimeZones", "Views", "Gate", "Ledger",
            "Assets",
        ]),
    room("Adapters", ["Bytes", "Crypto", "Events", "Patterns", "TimeZones"]),
    room("Bench", ["Bytes", "Crypto", "Storage", "Events", "Views", "Gate", "Ledger"]),
    room("CommandLineKit"),
    room("PhoneNumbers"),
    .executableTarget(
        name: "LedgerCLI",
        dependencies: [
            "Archives", "Assets", "SQLite", "Bytes", "Crypto", "Evidence", "Storage", "Vault",
            "Events",
            "Views", "Gate", "Ledger", "Audit", "Replay", "Adapters", "Bench", "CommandLineKit",
            "Documents", "PhoneNumbers", "YAML",
        ],
        swiftSettings: strict),
]

/// The tests.
let suites: [Target] = [
    .target(
        name: "TestSupport",
        dependencies: ["Bytes", "Storage", "Events", "Views", "Gate", "Ledger"],
        path: "Tests/TestSupport", swiftSettings: common),
    suite("CryptoTests", ["Bytes", "Crypto", "TestSupport"]),
    suite("EvidenceTests", ["Bytes", "Crypto", "Evidence", "TestSupport"]),
    suite("VaultTests", ["Bytes", "Crypto", "Storage", "Vault", "TestSupport"]),
    suite("StorageTests", ["Bytes", "Storage", "TestSupport"]),
    suite("EventsTests", ["Bytes", "Events", "TestSupport"]),
    suite("ViewsTests", ["Bytes", "Events", "Views", "TestSupport"], optimised: true),
    suite(
        "GateTests",
        [
            "Assets", "Bytes", "Storage", "Vault", "Events", "TimeZones", "Views", "YAML", "Gate",
            "Ledger", "TestSupport",
        ], optimised: true),
    suite(
        "LedgerTests",
        [
            "Bytes", "Crypto", "Evidence", "Storage", "Vault", "Events", "Views", "Gate",
            "Ledger", "TestSupport",
        ]),
    suite(
        "AuditTests",
        [
            "Bytes", "Storage", "Events", "TimeZones", "Views", "Gate", "Ledger", "Audit",
            "TestSupport",
        ]),
    suite(
        "ReplayTests",
        [
            "Bytes", "Documents", "Events", "TimeZones", "Views", "Gate", "Ledger", "Replay",
            "TestSupport",
        ]),
    suite(
        "CommandLineTests",
        [
            "SQLite", "Bytes", "Crypto", "Evidence", "Storage", "Events", "CommandLineKit",
            "PhoneNumbers", "TestSupport",
        ]),
    suite(
        "AdaptersTests", ["Bytes", "Crypto", "Events", "TimeZones", "Adapters", "TestSupport"],
        optimised: true),
    suite("TidyTests", []),
]

/// What touches memory and threads: with `LEDGER_TARGETS=core`, as `tools/test` sets it for the
/// sanitizers, the package is this alone.
let core = [
    "CLMDB", "COpenSSL", "CPosix", "CPCRE2", "CYAML", "CXXHash", "YAML", "Patterns", "Bytes",
    "Crypto", "Evidence", "Storage", "Vault", "Events", "TimeZones", "Views", "Gate", "Ledger",
    "Adapters", "TestSupport", "CryptoTests", "VaultTests", "StorageTests", "LedgerTests",
    "ViewsTests", "AdaptersTests",
]
let selection = Context.environment["LEDGER_TARGETS"]
let isCore = selection == "core" || selection == "fuzz"
/// With `LEDGER_TARGETS=fuzz`, as `tools/fuzz` sets it, the tests are those of random input.
let chosen =
    selection == "fuzz"
    ? core.filter { !$0.hasSuffix("Tests") } + ["CAssets", "Assets", "AdaptersTests", "GateTests"]
    : core

let package = Package(
    name: "ledger",
    products: isCore
        ? []
        : [
            .executable(name: "ledger", targets: ["LedgerCLI"]),
            .library(name: "Ledger", targets: ["Ledger"]),
            // Loaded when a national number is first read, from beside the program.
            .library(name: "LedgerPhoneNumbers", type: .dynamic, targets: ["CPhoneNumbers"]),
        ],
    targets: (rooms + suites).filter { !isCore || chosen.contains($0.name) },
    cxxLanguageStandard: .cxx17
)
