import Bytes
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.tags(.memory)) struct `A damaged or forbidden folder` {
    @Test(arguments: [0, 1, 4095, 4096, 8192, 12_288, 20_000])
    func `is refused as damaged when data.mdb is truncated`(_ size: Int) async throws {
        try await withTemporaryFolder { folder in
            try fill(folder)
            try #require(truncate(folder + "/data.mdb", size) == 0)
            // An empty file is a new environment to LMDB: nothing of the old one can come back.
            if size == 0 {
                let environment = try Environment.open(path: folder, options: standard)
                #expect(try keys(in: environment, from: 0) == [])
                return
            }
            #expect(throws: StorageError(.damaged, "")) {
                try Environment.open(path: folder, options: standard)
            }
            // A refusal leaves nothing open: the next attempt is told the same.
            #expect(throws: StorageError(.damaged, "")) {
                try Environment.open(path: folder, options: standard)
            }
        }
    }

    @Test func `is refused as damaged when data.mdb is something else`() async throws {
        try await withTemporaryFolder { folder in
            for content in ["text", String(repeating: "no LMDB ", count: 4096)] {
                try Descriptor.create(folder + "/data.mdb", bytes(content))
                #expect(throws: StorageError(.damaged, "")) {
                    try Environment.open(path: folder, options: standard)
                }
            }
        }
    }

    @Test func `is read where its disk is mounted read-only, and not written`() async throws {
        try await withTemporaryFolder { folder in
            try fill(folder)
            try await readOnly(folder) {
                let environment = try Environment.open(path: folder, options: standard)
                #expect(environment.isReadOnly)
                #expect(try keys(in: environment, from: 0).count == 2000)
                #expect(throws: StorageError.self) { try append(2000..<2001, to: environment) }
                #expect(throws: StorageError(.notPermitted, "")) {
                    try Folder.create(folder + "/new")
                }
            }
            let environment = try Environment.open(path: folder, options: standard)
            #expect(try keys(in: environment, from: 0).count == 2000)
        }
    }

    @Test func `below a file that is no folder is refused`() async throws {
        try await withTemporaryFolder { folder in
            try Descriptor.create(folder + "/file", [])
            #expect(throws: StorageError.self) {
                try Environment.open(path: folder + "/file/e", options: standard)
            }
            #expect(throws: StorageError(.notFound, "")) {
                try Folder.create(folder + "/missing/e")
            }
        }
    }

    @Test func `on a local file system passes, whatever it is`() throws {
        for path in ["/", "/tmp", "/proc", "/dev/shm"] where Folder.exists(path) {
            try Folder.refuseNetwork(path)
        }
    }

    @Test(.enabled(if: canMountFUSE, "needs root and /dev/fuse"))
    func `on a network file system is refused with its name`() async throws {
        try await withTemporaryFolder { folder in
            let device = open("/dev/fuse", O_RDWR)
            try #require(device >= 0)
            defer { close(device) }
            // Owned by another user, so that the kernel answers by itself and asks no server.
            let options = "fd=\(device),rootmode=40000,user_id=4711,group_id=4711"
            try #require(mount("ledger-test", folder, "fuse", 0, options) == 0)
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let error = #expect(throws: StorageError.self) { try Folder.refuseNetwork(folder) }
            #expect(error?.code == .networkFileSystem)
            #expect(error?.message.contains("FUSE") == true)
            #expect(error?.message.contains("local disk") == true)
        }
    }
}

private let canMountFUSE = geteuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0

/// Writes 2,000 entries and closes the environment.
private func fill(_ folder: String) throws {
    try append(0..<2000, to: Environment.open(path: folder, options: standard))
}

/// Runs `body` while `folder` cannot be written: by mode or, for root, by a read-only mount.
private func readOnly(_ folder: String, _ body: () throws -> Void) async throws {
    guard geteuid() == 0 else {
        chmod(folder, 0o500)
        defer { chmod(folder, 0o700) }
        return try body()
    }
    let isBound = mount(folder, folder, nil, UInt(MS_BIND), nil) == 0
    guard isBound else {
        try Test.cancel("root may not mount here, and modes do not bind root")
    }
    defer { umount2(folder, Int32(MNT_DETACH)) }
    let flags = UInt(MS_BIND | MS_REMOUNT | MS_RDONLY)
    try #require(mount(nil, folder, nil, flags, nil) == 0)
    try body()
}
