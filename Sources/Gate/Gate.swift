/// May this message be sent? Policy, rules, and one pure decision.
enum GateRoom {}
