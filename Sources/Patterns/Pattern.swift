import CPCRE2

/// A regular expression (PCRE2), compiled once and used by any thread.
///
/// Case is folded. A match that takes too many steps is none: no text can hang a reader.
@safe
public final class Pattern: @unchecked Sendable {
    /// As it was written.
    public let text: String
    private let code: OpaquePointer
    private let limits: OpaquePointer

    /// The most characters of a pattern.
    public static let charactersMax = 200
    /// The most steps of one match.
    private static let stepsMax: UInt32 = 100_000

    /// Compiles an expression.
    ///
    /// - Parameter isWord: whether a match may not be a part of a longer word or number.
    /// - Throws: ``PatternError`` with PCRE2's own words and the place.
    public init(_ text: String, isWord: Bool = false) throws(PatternError) {
        self.text = text
        guard text.count <= Self.charactersMax else {
            throw PatternError("a pattern has at most \(Self.charactersMax) characters", at: 0)
        }
        let before = "(?<![\\p{L}\\p{N}])(?:"
        let whole = isWord ? before + text + ")(?![\\p{L}\\p{N}])" : text
        var problem: Int32 = 0
        var offset = 0
        let options = UInt32(PCRE2_CASELESS) | UInt32(PCRE2_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C)
        let bytes = Array(whole.utf8)
        let compiled = unsafe bytes.withUnsafeBufferPointer {
            unsafe pcre2_compile_8($0.baseAddress, $0.count, options, &problem, &offset, nil)
        }
        guard let code = unsafe compiled, let limits = unsafe pcre2_match_context_create_8(nil)
        else {
            let place = isWord ? max(0, offset - before.utf8.count) : offset
            throw PatternError(Self.words(problem), at: min(place, text.utf8.count))
        }
        unsafe self.code = code
        unsafe self.limits = limits
        // Where there is no compiler for this machine, the interpreter matches the same.
        _ = unsafe pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
        _ = unsafe pcre2_set_match_limit_8(limits, Self.stepsMax)
    }

    deinit {
        unsafe pcre2_match_context_free_8(limits)
        unsafe pcre2_code_free_8(code)
    }

    private static func words(_ problem: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 160)
        let count = unsafe buffer.withUnsafeMutableBufferPointer {
            unsafe pcre2_get_error_message_8(problem, $0.baseAddress, $0.count)
        }
        return String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
    }

    /// Where the expression matches in valid UTF-8: places that do not overlap, in order.
    ///
    /// - Parameter limit: the most places; more are left out.
    public func matches(in text: Span<UInt8>, limit: Int = 64) -> [Range<Int>] {
        guard let found = unsafe pcre2_match_data_create_8(1, nil) else { return [] }
        defer { unsafe pcre2_match_data_free_8(found) }
        var places: [Range<Int>] = []
        unsafe text.withUnsafeBufferPointer { bytes in
            var start = 0
            while start <= bytes.count, places.count < limit {
                let count = unsafe pcre2_match_8(
                    code, bytes.baseAddress, bytes.count, start,
                    UInt32(PCRE2_NO_UTF_CHECK) | UInt32(PCRE2_NOTEMPTY), found, limits)
                guard count > 0, let ends = unsafe pcre2_get_ovector_pointer_8(found) else { break }
                unsafe places.append(ends[0]..<ends[1])
                unsafe start = max(ends[1], start + 1)
            }
        }
        return places
    }
}

/// Why an expression is none.
public struct PatternError: Error, Sendable, Equatable {
    /// What is wrong, in the words of PCRE2.
    public let message: String
    /// At which byte of the expression.
    public let offset: Int

    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }
}
