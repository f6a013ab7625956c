import Bytes

/// Reads JSON (RFC 8259) where it lies: the caller pulls one value after the other.
///
/// # Basics
/// ``beginObject()``, then ``key(of:)`` until it answers nil, and after each key exactly one value.
///
/// # Caveats
/// It accepts no more than the grammar allows: no trailing text, no invalid UTF-8, no lone
/// surrogates, no control characters in strings, no member twice in one object, and at most
/// ``depthMax`` objects and arrays within each other.
struct JSONReader: ~Escapable {
    /// How deeply objects and arrays may be nested.
    static let depthMax = 64

    let bytes: Span<UInt8>
    var at = 0
    private(set) var depth = 0
    private let firstLine: Int
    private let offsetBefore: Int

    /// Reads `bytes`, whose first line has the number `line` and lies at `offset` in the input.
    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, line: Int = 1, offset: Int = 0) {
        self.bytes = bytes
        firstLine = line
        offsetBefore = offset
    }

    /// An error at an offset, by default where the reader stands.
    func error(_ code: EventError.Code, _ message: String, at offset: Int? = nil) -> EventError {
        let place = min(offset ?? at, bytes.count)
        var line = firstLine
        for index in 0..<place where bytes[index] == 0x0A { line += 1 }
        return EventError(code, message, offset: offsetBefore + place, line: line)
    }

    /// The same error with a place.
    func placed(_ error: EventError, at offset: Int) -> EventError {
        error.offset == nil ? self.error(error.code, error.message, at: offset) : error
    }

    /// The first byte of the next value, or the next mark; white space is passed over.
    @inline(__always)
    mutating func peek() throws(EventError) -> UInt8 {
        if at < bytes.count, bytes[at] > 0x20 { return bytes[at] }
        return try peekPastSpace()
    }

    private mutating func peekPastSpace() throws(EventError) -> UInt8 {
        while at < bytes.count {
            let byte = bytes[at]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                throw error(.notJSON, "A control character stands between the values.")
            }
            at &+= 1
        }
        throw error(.notJSON, "The text ends before the JSON value does.")
    }

    /// Checks that nothing but white space follows.
    mutating func finish() throws(EventError) {
        while at < bytes.count {
            let byte = bytes[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                throw error(.notJSON, "More text follows the JSON value.")
            }
            at &+= 1
        }
    }

    /// Opens an object.
    mutating func beginObject() throws(EventError) { try open(0x7B, "An object") }

    /// Opens an array.
    mutating func beginArray() throws(EventError) { try open(0x5B, "An array") }

    private mutating func open(_ bracket: UInt8, _ what: String) throws(EventError) {
        guard try peek() == bracket else { throw error(.invalid, "\(what) is expected here.") }
        guard depth < Self.depthMax else {
            throw error(
                .tooDeep, "Objects and arrays may be nested at most \(Self.depthMax) deep.")
        }
        depth &+= 1
        at &+= 1
    }

    /// The next member's name, its colon read too; nil once the object is closed.
    mutating func key(isFirst: Bool) throws(EventError) -> JSONString? {
        guard try nextElement(isFirst: isFirst, until: 0x7D) else { return nil }
        guard try peek() == 0x22 else {
            throw error(.notJSON, "A member's name must be a string.")
        }
        let name = try string()
        guard try peek() == 0x3A else {
            throw error(.notJSON, "A colon must follow a member's name.")
        }
        at &+= 1
        return name
    }

    /// Whether the array has another element; false once it is closed.
    mutating func element(isFirst: Bool) throws(EventError) -> Bool {
        try nextElement(isFirst: isFirst, until: 0x5D)
    }

    private mutating func nextElement(isFirst: Bool, until end: UInt8) throws(EventError) -> Bool {
        let byte = try peek()
        if byte == end {
            at &+= 1
            depth &-= 1
            return false
        }
        if isFirst { return true }
        guard byte == 0x2C else {
            throw error(.notJSON, "A comma or the closing bracket is missing.")
        }
        at &+= 1
        if try peek() == end { throw error(.notJSON, "A comma stands before the closing bracket.") }
        return true
    }

    /// Begins an element of a batch: the batch's array is no level of its nesting.
    mutating func leaveBatch() { depth &-= 1 }

    /// Ends an element of a batch.
    mutating func enterBatch() { depth &+= 1 }

    /// Reads true or false.
    mutating func flag() throws(EventError) -> Bool {
        if try peek() == 0x74 {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    /// Reads null.
    mutating func null() throws(EventError) { try word("null") }

    private mutating func word(_ word: StaticString) throws(EventError) {
        let start = at
        let text = String(describing: word)
        for byte in text.utf8 {
            guard at < bytes.count, bytes[at] == byte else {
                throw error(.notJSON, "This is no JSON value.", at: start)
            }
            at &+= 1
        }
    }
}

/// A string's place in the input, without its quotes.
struct JSONString {
    let range: Range<Int>
    /// Whether it is spelt with escapes.
    let isEscaped: Bool
}

/// The names of one object's members, to find one that stands twice.
struct JSONKeys {
    private var few: [Fingerprint] = []
    private var many: Set<Fingerprint> = []

    /// Remembers a name; false if it was there.
    mutating func insert(_ name: Fingerprint) -> Bool {
        if !many.isEmpty { return many.insert(name).inserted }
        if few.contains(name) { return false }
        few.append(name)
        if few.count > 24 { many = Set(few) }
        return true
    }
}
