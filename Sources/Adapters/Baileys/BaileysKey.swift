import Events

/// The key of a message in Baileys and what is built on it:
/// `{"remoteJid", "fromMe", "id", "participant", …}`.
///
/// Newer ones name a person twice, by number and LID: `remoteJidAlt` and `participantAlt`, before
/// that `senderPn`, `senderLid`, `participantPn`, `participantLid`.
struct BaileysKey {
    let id: String
    let isOwn: Bool
    let chat: WhatsAppAddress?
    let participant: WhatsAppAddress?
    /// The other alias of the party of a direct chat, or of the participant of a group.
    let alias: WhatsAppAddress?

    /// Reads a key; nil without an id.
    ///
    /// - Parameter account: our number, which is nobody's alias.
    init?(_ node: JSONNode?, account: String?) {
        guard let node,
            // `messageId` of Evolution is the number in its own database, and `id` may be.
            let id = (node["keyId"] ?? node["id"] ?? node["messageId"])?.text, !id.isEmpty
        else { return nil }
        self.id = id
        isOwn = node["fromMe"]?.flag ?? false
        chat = WhatsAppAddress(node["remoteJid"])
        participant = WhatsAppAddress(node["participant"])
        let names =
            if chat?.isPerson == false {
                ["participantAlt", "participantPn", "participantLid"]
            } else if isOwn {
                ["remoteJidAlt"]
            } else {
                ["remoteJidAlt", "senderPn", "senderLid"]
            }
        alias = names.lazy.compactMap { WhatsAppAddress(node[$0]) }
            .first { $0.isPerson && $0.name != account }
    }
}
