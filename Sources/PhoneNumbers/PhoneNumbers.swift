/// Telephone numbers as people write them, by Google's libphonenumber.
///
/// # Basics
/// - ``PhoneNumbers/e164(_:region:)`` turns `082 123 4567`, with the region `ZA`, into
///   `+27821234567`.
/// - ``PhoneNumbers/reader(region:)`` is the same as a function that pure rooms can be handed.
///
/// # Caveats
/// - The library speaks C++ and brings ICU and protobuf along: some 20 ms and 40 MB. So it lies
///   behind a library of ours, `libLedgerPhoneNumbers.so`, which is loaded at the first number and
///   not before. Where one of them is missing, everything else goes on.
/// - What is a number changes with the versions of the library: nothing that is decided rests on
///   it. An alias that is stored is spelt by `Alias`, which changes never.
import Glibc

/// Reads numbers as people write them.
@safe public struct PhoneNumbers: Sendable {
    /// What went wrong: the library is not there.
    public struct Missing: Error, CustomStringConvertible {
        /// A sentence that says what to install.
        public let description: String
    }

    private typealias Reader =
        @convention(c) (
            UnsafePointer<CChar>, Int, UnsafePointer<CChar>?, UnsafeMutablePointer<CChar>, Int
        ) -> Int
    private typealias Asker = @convention(c) (UnsafePointer<CChar>) -> Int32

    private let e164: Reader
    private let knows: Asker

    /// The name of the library that is loaded.
    static let file = "libLedgerPhoneNumbers.so"

    private static let loaded: Result<PhoneNumbers, Missing> = Result { () throws(Missing) in
        try load(folders)
    }

    /// The library, loaded at the first call and kept.
    ///
    /// - Throws: ``Missing`` where it, or what it needs, is not installed; at every call.
    public static func load() throws(Missing) -> PhoneNumbers { try loaded.get() }

    /// The international spelling of a number; nil where it is none, or the library is missing.
    ///
    /// - Parameters:
    ///   - text: what somebody wrote: national or international, with spaces and brackets.
    ///   - region: the country that a national number is of, such as `ZA`; with nil only
    ///     international ones are read.
    public static func e164(_ text: String, region: String?) -> String? {
        (try? load())?.e164(text, region: region)
    }

    /// A function from what somebody wrote to the international spelling, or nil.
    public static func reader(region: String?) -> @Sendable (String) -> String? {
        { e164($0, region: region) }
    }

    /// The most bytes of a text that could be a number.
    private static let textBytesMax = 250

    /// The international spelling of a number; nil where it is none that could be dialled.
    public func e164(_ text: String, region: String?) -> String? {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.textBytesMax, !bytes.contains(0) else {
            return nil
        }
        var out = [CChar](repeating: 0, count: 24)
        let letters = region.map { Array($0.utf8CString) }
        let count = unsafe bytes.withUnsafeBufferPointer { text in
            unsafe text.withMemoryRebound(to: CChar.self) { text in
                unsafe out.withUnsafeMutableBufferPointer { out -> Int in
                    guard let text = text.baseAddress, let place = out.baseAddress else { return 0 }
                    guard let letters else {
                        return unsafe e164(text, bytes.count, nil, place, out.count)
                    }
                    return unsafe letters.withUnsafeBufferPointer { letters in
                        unsafe e164(
                            text, bytes.count, letters.baseAddress, place, out.count)
                    }
                }
            }
        }
        guard count > 0, count <= out.count else { return nil }
        return String(decoding: out[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether numbers of a region are known: `ZA` is one, `XX` is none.
    public func knows(region: String) -> Bool {
        unsafe region.withCString { unsafe knows($0) } == 1
    }
}

extension PhoneNumbers {
    /// Where the library is looked for: beside the program, beside where libraries go with it, and
    /// where the system has them.
    private static var folders: [String] {
        guard let program = try? ownFolder() else { return [""] }
        return [program + "/", program + "/../lib/", ""]
    }

    /// The folder of the program itself.
    private static func ownFolder() throws(Missing) -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        guard count > 0 else { throw Missing(description: "/proc is not mounted") }
        let text = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)])
    }

    /// Loads the library from the first folder that has it.
    static func load(_ folders: [String]) throws(Missing) -> PhoneNumbers {
        var why = ""
        for folder in folders {
            guard let handle = unsafe dlopen(folder + file, RTLD_NOW | RTLD_LOCAL) else {
                // Of a library that is there, but lacks what it needs, the loader names that.
                let words = unsafe dlerror().map { unsafe String(cString: $0) } ?? ""
                if why.isEmpty || !words.contains(file + ": cannot open") { why = words }
                continue
            }
            guard let e164 = unsafe dlsym(handle, "ledger_phonenumber_e164"),
                let knows = unsafe dlsym(handle, "ledger_phonenumber_knows_region")
            else {
                why = "\(folder)\(file) is of another version"
                continue
            }
            return unsafe PhoneNumbers(
                e164: unsafeBitCast(e164, to: Reader.self),
                knows: unsafeBitCast(knows, to: Asker.self))
        }
        throw Missing(
            description:
                "telephone numbers cannot be read: install libphonenumber8 (apt-get install "
                + "libphonenumber8) and put \(file) beside the program; or give numbers in full, "
                + "such as +27821234567 (\(why))")
    }
}
