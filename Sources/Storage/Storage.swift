/// LMDB with transactions as closures, file locks, sorted runs; one error type.
enum StorageRoom {}
