import CXXHash

/// Asks the processor to fetch `count` bytes at `address`; no address can make it fail.
public func prefetchLines(_ address: UnsafeRawPointer, _ count: Int) {
    unsafe shim_prefetch(address, count)
}
