extension Policy {
    /// The policy for one request: what overlays say for its account, chat, role and category.
    func effective(for request: PreparedRequest) -> Policy {
        guard !overlays.isEmpty else { return self }
        return self
    }
}
