/// LMDB with transactions as closures, file locks, shared pages and sorted runs; one error type.
///
/// # Basics
/// - An ``Environment`` is one LMDB folder, opened once per process.
/// - ``Environment/read(_:)`` and ``Environment/write(_:)`` *are* the transactions: return commits,
///   throw aborts. What a transaction lends (`Span`s) is valid until it ends.
/// - Every LMDB return code passes one funnel, ``StorageError/check(_:_:)``.
///
/// # Caveats
/// - Write transactions begin and end on one thread, and never span an `await`.
/// - A read transaction that stays open stops LMDB from reusing pages: page through the log.
/// - LMDB has no checksums: whoever stores bytes here adds one and checks it on every read.
/// - LMDB does not sync the folder when it creates its files; ``Environment`` does.
import CLMDB
