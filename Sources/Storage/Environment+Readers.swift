import CLMDB

extension Environment {
    /// A reader inside a transaction: the pages that it sees are not used again.
    public struct Reader: Sendable, Equatable {
        /// The process.
        public let pid: Int32
        /// How many transactions were committed since it began.
        public let behind: Int
    }

    /// The readers of all processes that are inside a transaction now.
    public func readers() -> [Reader] {
        unsafe withHandle { handle in unsafe Self.readers(handle) } ?? []
    }

    private static func readers(_ handle: OpaquePointer) -> [Reader] {
        var info = unsafe MDB_envinfo()
        unsafe mdb_env_info(handle, &info)
        let last = unsafe Int(info.me_last_txnid)
        var lines: [String] = []
        unsafe withUnsafeMutablePointer(to: &lines) { lines in
            _ = unsafe mdb_reader_list(
                handle,
                { text, lines in
                    guard let text = unsafe text, let lines = unsafe lines else { return 0 }
                    unsafe lines.assumingMemoryBound(to: [String].self).pointee.append(
                        String(cString: text))
                    return 0
                }, lines)
        }
        // Each line holds pid, thread and transaction; a hyphen stands for none, a title comes
        // first.
        return lines.compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, let pid = Int32(words[0]), let number = Int(words[2]) else {
                return nil
            }
            return Reader(pid: pid, behind: max(0, last - number))
        }
    }
}
