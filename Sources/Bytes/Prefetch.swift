import CXXHash

extension Array {
    /// Asks the processor to fetch the element at `index`: what is needed soon is then there.
    ///
    /// A fold touches a dozen rows an event, each far from the other in memory. Fetched one after
    /// the other they cost a dozen waits, fetched together hardly more than one.
    @inlinable
    public func prefetch(_ index: Int) {
        guard index >= 0, index < count else { return }
        let stride = MemoryLayout<Element>.stride
        unsafe withUnsafeBytes { bytes in
            unsafe prefetchLines(bytes.baseAddress.unsafelyUnwrapped + index * stride, stride)
        }
    }
}

/// Asks the processor to fetch `count` bytes at `address`; no address can make it fail.
public func prefetchLines(_ address: UnsafeRawPointer, _ count: Int) {
    unsafe shim_prefetch(address, count)
}
