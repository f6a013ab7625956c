import Glibc

/// How much a run of the tests tries, by the environment variable `LEDGER_EFFORT`: 1, as continuous
/// integration does, to 10, as `tools/test --full` does.
public enum Effort {
    /// The effort of this run, 1 to 10; 1 where the environment names none.
    public static let level: Int = {
        let named = getenv("LEDGER_EFFORT").flatMap { Int(String(cString: $0)) } ?? 1
        return min(max(named, 1), 10)
    }()

    /// A number of trials between `least`, at effort 1, and `full`, at effort 10.
    public static func count(_ least: Int, full: Int) -> Int {
        least + (full - least) * (level - 1) / 9
    }

    /// The same for seeds.
    public static func seeds(_ least: UInt64, full: UInt64) -> UInt64 {
        UInt64(count(Int(least), full: Int(full)))
    }
}

/// Where tests put their folders.
public enum TestPlace {
    /// In memory where the system has such a place: `LEDGER_TEST_DIR`, else `/dev/shm`, `/tmp`.
    public static let memory: String = {
        if let named = getenv("LEDGER_TEST_DIR") { return String(cString: named) }
        return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : disk
    }()

    /// On a disk, for tests of what reaches it: `LEDGER_TEST_DISK`, else `/tmp`.
    public static let disk: String =
        getenv("LEDGER_TEST_DISK").map { String(cString: $0) } ?? "/tmp"
}

/// Payloads and files of others, which lie beside the checkout and are no part of it.
public enum SharedFixtures {
    /// Their folder: `fixtures` in `LEDGER_SHARED`, else in `../shared`; nil where it is absent.
    public static let folder: String? = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        let beside = parts.dropLast(3).joined(separator: "/") + "/../shared"
        let named = getenv("LEDGER_SHARED").map { String(cString: $0) }
        let folder = (named ?? beside) + "/fixtures"
        return access(folder, R_OK) == 0 ? folder : nil
    }()

    /// Why tests are skipped where there is no such folder; such a skip is no failure.
    public static let absence = "the folder of shared fixtures is absent: LEDGER_SHARED"
}
