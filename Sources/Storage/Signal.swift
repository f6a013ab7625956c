import CPosix
import Glibc

/// A mutex with a condition: the one place where threads wait for each other.
@safe
public final class Signal: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    /// An unlocked mutex.
    public init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
        unsafe condition.deallocate()
    }

    /// Runs `body` with the mutex held.
    public func withLock<V>(_ body: () throws -> V) rethrows -> V {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Wakes one waiter.
    public func signal() { unsafe pthread_cond_signal(condition) }

    /// Wakes all waiters.
    public func broadcast() { unsafe pthread_cond_broadcast(condition) }

    /// Waits, with the mutex held, until woken or until `nanoseconds` have passed.
    @available(*, noasync)
    public func wait(nanoseconds: Int64? = nil) {
        guard let nanoseconds else {
            unsafe pthread_cond_wait(condition, mutex)
            return
        }
        let end = SystemClock.monotonic + nanoseconds
        var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        unsafe pthread_cond_timedwait(condition, mutex, &time)
    }
}

/// Operating-system threads: blocking calls must not stop Swift's cooperative pool.
public enum SystemThread {
    /// Starts a detached thread that runs `body`.
    public static func start(_ body: @escaping @Sendable () -> Void) {
        precondition(tryToStart(body), "the system refuses a thread")
    }

    /// Starts a detached thread that runs `body`; answers whether the system allowed it.
    public static func tryToStart(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                let body = unsafe Unmanaged<Body>.fromOpaque(argument.unsafelyUnwrapped)
                unsafe body.takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Lets the calling thread give way to the others of all processes: for work that may wait.
    @available(*, noasync)
    public static func giveWay() {
        // Linux keeps a nice value for each thread, and 0 is the one that calls. A refusal does no
        // harm.
        setpriority(__priority_which_t(0), 0, 10)
    }

    /// Sleeps for a number of nanoseconds.
    @available(*, noasync)
    public static func sleep(nanoseconds: Int64) {
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        unsafe nanosleep(&time, nil)
    }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// A value that one thread at a time touches.
///
/// It locks a POSIX mutex, which the thread sanitizer knows; Swift's `Mutex` it takes for a race.
@safe
public final class Locked<Value>: @unchecked Sendable {
    private let signal = Signal()
    private var value: Value

    /// A value of its own.
    public init(_ value: sending Value) { self.value = value }

    /// Runs `body` on the value while nobody else does.
    public func withLock<V>(_ body: (inout Value) throws -> V) rethrows -> V {
        try signal.withLock { try body(&value) }
    }
}
