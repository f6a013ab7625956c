import COpenSSL

/// Bytes that nobody can guess: OpenSSL's generator, seeded by the operating system.
public enum SecureRandom {
    /// Overwrites all of `bytes`.
    public static func fill(_ bytes: inout MutableSpan<UInt8>) {
        OpenSSL.begin()
        unsafe bytes.withUnsafeMutableBytes { target in
            guard let count = Int32(exactly: target.count) else {
                preconditionFailure("at most 2 GiB of chance at a time")
            }
            let done = unsafe RAND_priv_bytes(
                target.bindMemory(to: UInt8.self).baseAddress, count)
            precondition(done == 1, "OpenSSL has no source of chance")
        }
    }

    /// So many bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        fill(&span)
        return bytes
    }
}
