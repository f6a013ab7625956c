public import Testing

extension Tag {
    /// Tests of what several threads do at once: they run under the thread sanitizer.
    @Tag public static var threads: Self
    /// Tests of what reads and writes memory itself, in C or without checks.
    ///
    /// They run, with those of threads, under the address sanitizer.
    @Tag public static var memory: Self
}
