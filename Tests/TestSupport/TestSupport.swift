/// What several test targets share: temporary ledgers, driven clocks, sample events.
enum TestSupportRoom {}
