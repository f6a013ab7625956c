/// What happened, and what another policy would have done.
enum ReplayRoom {}
