import CommandLineKit
import Glibc
import Storage

/// The command line of the ledger: one table of verbs, each in a file of its own.
@main
enum LedgerProgram {
    /// The version that `--version` prints.
    static let version = "0.1.0"

    /// The verbs, in the order of help.
    static let commands: [Command] = [
        Init.command, Append.command, Import.command, ShowEvents.command, Why.command,
        Ask.command, Report.command, QueueVerb.command, ClaimVerb.command, State.command,
        ReplayIncident.command, Rebuild.command,
        Status.command,
        PolicyShow.command, PolicyCheck.command, PolicyApply.command, PolicyShadow.command,
        PolicyDiff.command, PolicyPresets.command, PolicySimulate.command,
        Pause.command, Resume.command, Stop.command, ModeVerb.command, Reset.command,
        InstancesList.command, InstancesOrder.stop, InstancesOrder.restart, InstancesBeat.command,
        Run.command,
        CheckpointVerb.command, Export.command, Verify.command,
        VaultVerb.status, VaultVerb.rotate, VaultVerb.recover,
        ComplianceVerb.command,
        PersonShow.command, PersonLink.link, PersonLink.unlink, PersonConsent.command,
        PersonExportVerb.command, Erase.command, Retain.command,
        BackupVerb.command, RestoreVerb.command, AdoptVerb.command, Doctor.command,
        BenchVerb.command,
    ]

    /// The program that the table makes.
    static let program = Program(
        name: "ledger", version: version,
        summary: "the ledger behind every sender of messages: ask it before you send",
        commands: commands)

    static func main() async {
        LocalHost.ignoreBrokenPipes()
        Crashes.explainAll()
        let environment = LocalHost.environment([
            "LEDGER_BY", "LEDGER_DIR", "LEDGER_ROLE", "LEDGER_INSTANCE", "NO_COLOR", "TERM",
            "COLUMNS", "HOME", "XDG_CONFIG_HOME",
            Override.variable,
        ])
        let out = Output.standard(environment: environment) { Descriptor.write($0, $1) }
        let words = Array(CommandLine.arguments.dropFirst())
        exit(await program.run(words, environment: environment, out: out))
    }
}
