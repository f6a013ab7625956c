import Bytes
import CommandLineKit
import Ledger
import Views

/// `instances beat`: a sign of life of a process that has nothing to send.
enum InstancesBeat {
    static let role = Option<String?>.text(
        "role", "ROLE", environment: "LEDGER_ROLE", "What the process does")
    static let instance = Option<String?>.text(
        "instance", "NAME", environment: "LEDGER_INSTANCE", "Which process it is")

    static let command = Command.verb(
        "instances beat", "Give a sign of life of a process",
        details: """
            It touches a file in the ledger's folder roles/ and records nothing, so it is cheap. It
            is seen by 'run' and 'instances', and by the gate where the holder of a role would be
            silent by its asks and reports alone.
            """,
        options: [role, instance],
        examples: [.init("ledger instances beat", "as LEDGER_INSTANCE, which 'run' sets")]
    ) { arguments, out in
        guard let instance = arguments(instance), !instance.isEmpty else {
            throw UsageError(
                "instances beat needs --instance NAME, or LEDGER_INSTANCE, which 'ledger run' sets",
                command: "instances beat")
        }
        let ledger = try Ledger.open(arguments, out)
        defer { ledger.close() }
        let row = try ledger.withState { $0.tables.instance(Fingerprint(of: instance)) }
        guard let row, row.isLive else {
            throw Failure(
                "not_found",
                "the instance \(instance) does not run: it never started, has stopped or was fenced"
            )
        }
        if let role = arguments(role), row.role != Fingerprint(of: role) {
            throw Failure("invalid", "the instance \(instance) did not start in the role \(role)")
        }
        try ledger.roles.beat(instance)
        return ExitCode.done
    }
}
