import CXXHash

extension Array {
    /// Asks the processor to fetch the element at `index`: what is needed soon is then there.
    ///
    /// A fold touches a dozen rows an event, each far from the other in memory. Fetched one after
    /// the other they cost a dozen waits, fetched together hardly more than one.
    @inlinable
    public func prefetch(_ index: Int) {
        guard index >= 0, index < count else { return }
        unsafe withUnsafeBytes { bytes in
            unsafe prefetchLine(
                bytes.baseAddress.unsafelyUnwrapped + index * MemoryLayout<Element>.stride)
        }
    }
}

/// Asks the processor to fetch the line at `address`; no address can make it fail.
public func prefetchLine(_ address: UnsafeRawPointer) { unsafe shim_prefetch(address) }
