import Glibc
import Synchronization

/// What a process says whose memory maps turn out to hold what cannot be read.
///
/// LMDB believes the pages of its files. One that is damaged ends the process: by an assertion, by
/// SIGSEGV or SIGBUS. A program of its own says so in a sentence, and ends with the code of a
/// failure; a library has no say in how its process ends.
public enum Crashes {
    private static let state = Atomic<Bool>(false)

    /// Whether ``explainAll()`` was called.
    static var areExplained: Bool { state.load(ordering: .relaxed) }

    /// From now on such an end is told on standard error, and the exit code is 1.
    public static func explainAll() {
        state.store(true, ordering: .relaxed)
        for number in [SIGSEGV, SIGBUS] { _ = signal(number) { _ in Crashes.explain() } }
    }

    /// Tells, and ends the process; only what may be called in a handler of signals is.
    static func explain() -> Never {
        let text: StaticString = """
            ledger: a page of log/ or views/ holds what cannot be, or its disk cannot read it; run \
            'ledger verify', which says which: a damaged log is restored from a backup, views are \
            made anew by 'ledger rebuild'

            """
        unsafe _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        _exit(1)
    }
}
