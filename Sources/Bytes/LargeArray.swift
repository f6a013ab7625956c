import Glibc

/// An array of many elements that are read here and there: a value, like `Array`.
///
/// Elements begin on lines of the processor's cache, and large arrays lie in huge pages, where the
/// kernel has them: an element far away then costs one wait, not one more to find its page.
@safe
public struct LargeArray<Element>: RandomAccessCollection, ExpressibleByArrayLiteral {
    @usableFromInline var storage: LargeStorage<Element>?

    /// No elements.
    @inlinable public init() {}

    /// Some elements.
    public init(arrayLiteral elements: Element...) {
        for element in elements { append(element) }
    }

    /// The same element `count` times.
    @inlinable
    public init(repeating element: Element, count: Int) {
        guard count > 0 else { return }
        let storage = LargeStorage<Element>(capacity: count)
        unsafe storage.base.initialize(repeating: element, count: count)
        unsafe storage.count = count
        self.storage = storage
    }

    /// The index of the first element.
    @inlinable public var startIndex: Int { 0 }
    /// The index after the last element.
    @inlinable public var endIndex: Int { unsafe storage?.count ?? 0 }

    /// The element at `index`.
    @inlinable
    public subscript(index: Int) -> Element {
        _read {
            guard let storage, index >= 0, unsafe index < storage.count else {
                preconditionFailure("out of bounds")
            }
            yield unsafe storage.base[index]
        }
        _modify {
            makeUnique(0)
            guard let storage, index >= 0, unsafe index < storage.count else {
                preconditionFailure("out of bounds")
            }
            yield unsafe &storage.base[index]
        }
    }

    /// Appends an element.
    @inlinable
    public mutating func append(_ element: Element) {
        makeUnique(1)
        guard let storage else { return }
        unsafe (storage.base + storage.count).initialize(to: element)
        unsafe storage.count += 1
    }

    /// Asks the processor to fetch the element at `index`: what is needed soon is then there.
    ///
    /// A fold touches a dozen rows an event, each far from the other in memory. Fetched one after
    /// the other they cost a dozen waits, fetched together hardly more than one.
    @inlinable
    public func prefetch(_ index: Int) {
        guard let storage, index >= 0, unsafe index < storage.count else { return }
        unsafe prefetchLines(storage.base + index, MemoryLayout<Element>.stride)
    }

    /// Makes sure that nobody else sees a change, and that there is room for `more` elements.
    @inlinable @inline(__always)
    mutating func makeUnique(_ more: Int) {
        // A second reference to look through would make it two.
        guard isKnownUniquelyReferenced(&storage), hasRoom(more) else { return moveOut(more) }
    }

    @inlinable @inline(__always)
    func hasRoom(_ more: Int) -> Bool {
        guard let storage else { return false }
        return unsafe storage.count + more <= storage.capacity
    }

    @inlinable @inline(never)
    mutating func moveOut(_ more: Int) {
        let isUnique = isKnownUniquelyReferenced(&storage)
        let held = storage?.capacity ?? 0
        let grown = LargeStorage<Element>(
            capacity: hasRoom(more) ? held : LargeStorage<Element>.capacity(after: held))
        if let storage {
            if isUnique {
                unsafe grown.base.moveInitialize(from: storage.base, count: storage.count)
            } else {
                unsafe grown.base.initialize(from: storage.base, count: storage.count)
            }
            unsafe grown.count = storage.count
            if isUnique { unsafe storage.count = 0 }
        }
        storage = grown
    }
}

// What is shared is never changed: see `makeUnique`.
extension LargeArray: @unchecked Sendable where Element: Sendable {}

/// The memory of a ``LargeArray``.
@safe
@usableFromInline
final class LargeStorage<Element> {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    @usableFromInline let capacity: Int
    // Only the arrays that share this memory change it, and each is a value that guards its own
    // accesses; guarded again, every element would cost a call into the runtime.
    @exclusivity(unchecked) @usableFromInline var count = 0

    @usableFromInline
    init(capacity: Int) {
        self.capacity = capacity
        let bytes = capacity * MemoryLayout<Element>.stride
        let isLarge = bytes >= 2 * hugePage
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: bytes, alignment: isLarge ? hugePage : 64)
        // A kernel without huge pages refuses, and nothing is lost.
        if isLarge { unsafe _ = madvise(memory, bytes, Int32(MADV_HUGEPAGE)) }
        unsafe base = memory.bindMemory(to: Element.self, capacity: capacity)
    }

    /// What is not touched costs no memory, but to move costs much: so arrays of some size grow
    /// fast.
    @usableFromInline
    static func capacity(after held: Int) -> Int {
        let bytes = held * MemoryLayout<Element>.stride
        return bytes < hugePage || bytes >= 32 * hugePage ? max(16, 2 * held) : 8 * held
    }

    deinit {
        unsafe base.deinitialize(count: count)
        unsafe UnsafeMutableRawPointer(base).deallocate()
    }
}

/// The size of a huge page on most machines; a multiple of every page size.
private let hugePage = 2 << 20
