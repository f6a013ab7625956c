import COpenSSL

/// OpenSSL, before its first use.
enum OpenSSL {
    /// Whether OpenSSL is ready: it does not clean up at the end of the process.
    ///
    /// Its clean-up frees what other threads still use, or free themselves when they end just then,
    /// and the heap was damaged by both. The system takes all memory back anyway; keys are
    /// overwritten by whoever holds them.
    static let isReady: Bool = {
        // OPENSSL_INIT_NO_ATEXIT, which is no constant to Swift.
        OPENSSL_init_crypto(0x0008_0000, nil) == 1
    }()

    /// Makes it ready.
    static func begin() { precondition(isReady, "OpenSSL cannot be used") }
}
