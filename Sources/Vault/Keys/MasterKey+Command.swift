import Bytes
import Storage

extension MasterKey {
    /// Asks a program for the master key, so that a secret manager can hold it.
    ///
    /// `command` is a program by its whole path, and its arguments. It answers on its standard
    /// output, within 10 seconds, with the 32 bytes as 64 hexadecimal digits or in base64; white
    /// space around them does not count.
    ///
    /// - Throws: ``VaultError`` `masterKey` with what the program did instead.
    @available(*, noasync)
    public static func ask(_ command: [String], seconds: Int = 10) throws(VaultError) -> MasterKey {
        guard let program = command.first, program.hasPrefix("/") else {
            throw VaultError(
                .masterKey, "the command for the master key begins with the whole path of a program"
            )
        }
        var answer: [UInt8]
        do {
            answer = try Subprocess.answer(
                of: program, Array(command.dropFirst()), byteMax: 256, seconds: seconds)
        } catch {
            throw VaultError(.masterKey, "no master key: \(error.message)")
        }
        defer { clear(&answer) }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let first = answer.firstIndex { !isSpace($0) } ?? 0
        let end = (answer.lastIndex { !isSpace($0) } ?? -1) + 1
        let text = answer.span.extracting(first..<max(first, end))
        guard var bytes = text.count == 64 ? text.hexadecimalBytes : Base64.decode(text),
            bytes.count == 32
        else {
            throw VaultError(
                .masterKey,
                "\(program) did not answer with 32 bytes in hexadecimal digits or base64")
        }
        defer { clear(&bytes) }
        return try MasterKey(bytes.span)
    }
}
