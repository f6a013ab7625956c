import COpenSSL

extension Span where Element == UInt8 {
    /// SHA-256 of all bytes, as 64 lower-case hexadecimal digits.
    public var sha256: String {
        var digest = [UInt8](repeating: 0, count: 32)
        let done = unsafe withUnsafeBytes { bytes in
            unsafe digest.withUnsafeMutableBytes { target in
                unsafe EVP_Digest(
                    bytes.baseAddress, bytes.count, target.bindMemory(to: UInt8.self).baseAddress,
                    nil, EVP_sha256(), nil)
            }
        }
        precondition(done == 1, "OpenSSL has no SHA-256")
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        for byte in digest {
            hex.append(digits[Int(byte >> 4)])
            hex.append(digits[Int(byte & 15)])
        }
        return String(decoding: hex, as: UTF8.self)
    }
}
