public import Bytes
public import Events

/// Stops, pauses and the policy in force: for the whole ledger, per account, per chat.
enum Control: Projection {
    static let name = "control"
    static let version = 3

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        if happened.type == .sendReserved {
            guard happened.event.range(of: .mode) != nil else { return }
            let slot = tables.control.touch(RateScope.ledger.key(), at: happened.position)
            tables.control[slot].overrides += 1
            tables.control[slot].overridden = happened.position + 1
            return
        }
        if happened.type == .sendRefused {
            observe(&tables, happened)
            return
        }
        let key: Fingerprint
        if happened.type == .policyChanged || happened.type == .modeChanged {
            key = RateScope.ledger.key()
        } else if happened.chat != .none {
            key = RateScope.chat.key(happened.chat)
        } else if happened.account != .none {
            key = RateScope.account.key(happened.account)
        } else if happened.subject == .none {
            key = RateScope.ledger.key()
        } else {
            return
        }
        let slot = tables.control.touch(key, at: happened.position)
        if tables.control[slot].named == 0 { tables.control[slot].named = happened.position + 1 }
        tables.control[slot].evolve(happened)
        let isOrder = happened.type == .sendingStopped || happened.type == .sendingPaused
        if isOrder, key != RateScope.ledger.key() { spoil(&tables, happened) }
    }

    /// A refusal of a dry run by a limit or a breaker keeps the ledger from going live by itself.
    private static func observe(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        guard let slot = tables.control.find(RateScope.ledger.key()),
            tables.control[slot].isGoingLive(at: happened.recorded),
            happened.event.findings.contains(where: { $0.verdict != .send && $0.rule.spoils })
        else { return }
        spoil(&tables, happened)
    }

    private static func spoil(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        guard let slot = tables.control.find(RateScope.ledger.key()),
            tables.control[slot].isGoingLive(at: happened.recorded)
        else { return }
        let changed = tables.control.touch(RateScope.ledger.key(), at: happened.position)
        tables.control[changed].spoil(happened)
    }
}

extension Rule {
    /// Whether a finding of the rule says that sends are too many, or go wrong.
    fileprivate var spoils: Bool {
        switch self {
        case .limitSecond, .limitMinute, .limitHour, .limitDay, .spacing, .personDay, .breaker,
            .platformThroughput, .platformPair, .platformRecipients:
            true
        default: false
        }
    }
}

extension Tables {
    /// Whether a shadow policy of that name is on.
    public mutating func isShadowed(by name: String) -> Bool {
        shadows.find(Fingerprint(of: name)).map { shadows[$0].policy > 0 } ?? false
    }

    /// Whether an operator stopped or paused an account, and did not say yet that it goes on.
    public mutating func isHeld(account: Fingerprint) -> Bool {
        control.find(RateScope.account.key(account)).map {
            control[$0].stopped > 0 || control[$0].paused > 0
        } ?? false
    }

    /// Whether nothing is sent for real.
    public mutating func isDryRun(at now: Instant) -> Bool {
        control.find(RateScope.ledger.key()).map { control[$0].isDryRun(at: now) } ?? false
    }
}

/// What an operator has ordered for one scope.
public struct ControlRow: TableRow {
    /// One more than the position of an event that names the scope.
    public var named: Position = 0
    /// One more than the position of the stop that holds; 0 for none.
    public private(set) var stopped: Position = 0
    /// When the pause ends; before every moment for none.
    public private(set) var pausedUntil = Instant(nanoseconds: .min)
    /// One more than the position of the pause that holds; 0 for none.
    public private(set) var paused: Position = 0
    /// One more than the position of the policy in force; 0 for none.
    public private(set) var policy: Position = 0
    /// When all cooldowns of the scope were last lifted.
    public private(set) var cooldownsReset = Stamp.never

    /// Whether a dry run was ordered.
    public private(set) var isObserving = false
    /// One more than the position of the order that set the mode; 0 for none.
    public private(set) var mode: Position = 0
    /// One more than the position at which the dry run began; 0 outside of one.
    public private(set) var observation: Position = 0
    /// Most sends a minute that the operator allows; 0 leaves it to the policy.
    public private(set) var modeLimit: Int64 = 0
    /// When the dry run ends by itself, unless something stands against it.
    public private(set) var goesLive = Instant.latest
    /// One more than the position of what keeps it from ending by itself; 0 for nothing.
    public private(set) var spoiled: Position = 0
    /// How many sends went with throttling switched off.
    public internal(set) var overrides: UInt32 = 0
    /// One more than the position of the last of them; 0 for none.
    public internal(set) var overridden: Position = 0
    /// One more than the position of each shadow policy that is on.
    public private(set) var shadows: [Position] = []
    private var shadowNames: [Fingerprint] = []

    /// An empty row.
    public init() {}

    /// Whether the dry run is still to end by itself, and nothing stands against it.
    public func isGoingLive(at now: Instant) -> Bool {
        isObserving && goesLive != .latest && spoiled == 0 && now < goesLive
    }

    /// Whether nothing is sent for real.
    public func isDryRun(at now: Instant) -> Bool {
        isObserving && (spoiled > 0 || now < goesLive)
    }

    /// What the would-be sends of the dry run are counted under; none outside of one.
    public var shadow: Fingerprint {
        observation == 0
            ? .none : Fingerprint(UInt128(observation) &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
    }

    mutating func spoil(_ happened: borrowing Occurrence) { spoiled = happened.position + 1 }

    private mutating func changePolicy(_ happened: borrowing Occurrence) {
        let name = happened.event.nameFingerprint(.kind)
        guard name != .none else {
            policy = happened.position + 1
            return
        }
        if let at = shadowNames.firstIndex(of: name) {
            shadowNames.remove(at: at)
            shadows.remove(at: at)
        }
        if happened.event.text(.status) != "off" {
            shadowNames.append(name)
            shadows.append(happened.position + 1)
        }
    }

    private mutating func changeMode(_ happened: borrowing Occurrence) {
        mode = happened.position + 1
        modeLimit = happened.event.integer(.limit) ?? 0
        let begins = happened.event.instant(.notBefore)
        // One that has ended by itself is over: the next begins with an empty budget.
        let isRunning = isDryRun(at: happened.recorded)
        if happened.event.text(.mode) == "dry-run" {
            if !isRunning { observation = mode }
            isObserving = true
            goesLive = .latest
        } else if let begins, isRunning {
            goesLive = begins
        } else {
            isObserving = false
            observation = 0
            goesLive = .latest
        }
        spoiled = 0
    }

    mutating func evolve(_ happened: borrowing Occurrence) {
        switch happened.type {
        case .modeChanged: changeMode(happened)
        case .sendingStopped:
            stopped = happened.position + 1
            if isGoingLive(at: happened.recorded) { spoil(happened) }
        case .sendingPaused:
            if isGoingLive(at: happened.recorded) { spoil(happened) }
            paused = happened.position + 1
            pausedUntil = happened.event.instant(.until) ?? .latest
        case .sendingResumed:
            stopped = 0
            paused = 0
            pausedUntil = Instant(nanoseconds: .min)
        case .policyChanged: changePolicy(happened)
        case .cooldownReset:
            cooldownsReset = Stamp(time: happened.recorded, position: happened.position)
        default: break
        }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        stopped = reader.get()
        pausedUntil = reader.instant()
        paused = reader.get()
        policy = reader.get()
        cooldownsReset = reader.stamp()
        isObserving = reader.flag()
        mode = reader.get()
        observation = reader.get()
        modeLimit = reader.get()
        goesLive = reader.instant()
        spoiled = reader.get()
        overrides = reader.get()
        overridden = reader.get()
        for _ in 0..<min(Int(reader.get(UInt16.self)), 1 << 16) where reader.isValid {
            shadowNames.append(reader.fingerprint())
            shadows.append(reader.get())
        }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(stopped)
        writer.put(pausedUntil)
        writer.put(paused)
        writer.put(policy)
        writer.put(cooldownsReset)
        writer.put(isObserving)
        writer.put(mode)
        writer.put(observation)
        writer.put(modeLimit)
        writer.put(goesLive)
        writer.put(spoiled)
        writer.put(overrides)
        writer.put(overridden)
        writer.put(UInt16(shadows.count))
        for (name, position) in zip(shadowNames, shadows) {
            writer.put(name)
            writer.put(position)
        }
    }
}
