import Bytes
public import Events
public import Gate
import Storage
import Views

extension Ledger {
    /// Puts a message into the queue; it survives restarts and waits until a role claims it.
    ///
    /// - Parameters:
    ///   - request: What is to be sent; `role` names who hands it out. Its `key` makes it unique:
    ///     the same key with the same message is answered with its first place.
    ///   - notBefore: When it may be tried; nil is at once.
    ///   - expires: When it is given up; nil is 24 hours after it was queued.
    ///   - now: What a development ledger's clock is moved to.
    /// - Throws: ``LedgerError`` with `conflict` for a key that was used for another message,
    ///   `invalid`, `busy`, `storage`.
    public func queue(
        _ request: SendRequest, notBefore: Instant? = nil, expires: Instant? = nil,
        now: Instant? = nil
    ) async throws(LedgerError) -> Appended {
        let draft = try queued(request, notBefore: notBefore, expires: expires)
        return try await append([draft], now: now, as: .queue)[0]
    }

    /// Queues, and calls `answer` once the message is durable, on the writer's thread.
    public func submitQueue(
        _ request: SendRequest, notBefore: Instant? = nil, expires: Instant? = nil,
        now: Instant? = nil, answer: @escaping @Sendable (Result<Appended, LedgerError>) -> Void
    ) {
        let draft: Draft
        do throws(LedgerError) {
            draft = try queued(request, notBefore: notBefore, expires: expires)
        } catch { return answer(.failure(error)) }
        submitAppend([draft], now: now, as: .queue) { answer($0.map { $0[0] }) }
    }

    private func queued(
        _ asked: SendRequest, notBefore: Instant?, expires: Instant?
    ) throws(LedgerError) -> Draft {
        var request = try admitted(asked).addressed
        // Each claim has an attempt of its own.
        request.attempt = nil
        do throws(EventError) { try request.check() } catch {
            throw LedgerError(.invalid, error.message)
        }
        if let notBefore, let expires, expires <= notBefore {
            throw LedgerError(.invalid, "a message cannot be given up before it may be sent")
        }
        var id = "queue-\(UInt64.random(in: .min ... .max))"
        if let key = request.key {
            id = try "queue-\(sealer.fingerprint(of: key, as: .key).hex)"
        }
        var builder = DraftBuilder(.sendQueued, source: Self.ownSource, id: id)
        builder.add(request)
        if let notBefore { builder.add(.notBefore, instant: notBefore) }
        if let expires { builder.add(.expires, instant: expires) }
        guard let draft = builder.finish() else {
            throw LedgerError(.invalid, "the message would exceed 65,535 bytes")
        }
        return draft
    }
}

/// A message that was handed out.
public struct ClaimedMessage: Sendable {
    /// The gate's answer: a reservation.
    public let answer: AskOutcome
    /// Where it was queued; several go as one.
    public let queued: [Position]

    /// The answer of `ask`, with `queued` and the members of the message.
    public var json: [UInt8] {
        var bytes = answer.json
        bytes.removeLast()
        var json = JSONWriter()
        json.beginObject()
        json.key("queued")
        json.beginArray()
        for position in queued { json.value(position) }
        json.endArray()
        let request = answer.request.request
        json.member(orNull: "account", request.account)
        json.member(orNull: "person", request.person)
        json.member(orNull: "subject", request.subject)
        json.member(orNull: "category", request.category)
        json.member(orNull: "text", request.text)
        if let template = request.template {
            json.key("template")
            json.raw(template.utf8Span.span)
        }
        json.endObject()
        bytes.append(UInt8(ascii: ","))
        bytes += json.finish().dropFirst()
        return bytes
    }
}

/// What `claim` is answered with.
public struct ClaimOutcome: Sendable {
    /// What was handed out, each a reservation that is to be reported.
    public let messages: [ClaimedMessage]
    /// The ledger's clock.
    public let now: Instant
    /// When to claim again, if something waits; nil where nothing does.
    public let retryAt: Instant?

    /// How long to wait before the next claim, in milliseconds; nil where nothing waits.
    private var waits: Int64? { retryAt.map { $0.since(now).millisecondsRoundedUp } }

    /// `{"claimed":n,"now":…,"retry_at":…,"wait_ms":…}`, then one object a message.
    public var lines: [[UInt8]] {
        var json = JSONWriter()
        json.beginObject()
        json.member("claimed", Int64(messages.count))
        json.member("now", now)
        json.key("retry_at")
        if let retryAt { json.value(retryAt) } else { json.null() }
        json.key("wait_ms")
        if let waits { json.value(waits) } else { json.null() }
        json.endObject()
        return [json.finish()] + messages.map(\.json)
    }

    /// `{"messages":[…],"now":…,"retry_at":…,"wait_ms":…}`.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("messages")
        json.beginArray()
        for message in messages { json.raw(message.json.span) }
        json.endArray()
        json.member("now", now)
        json.key("retry_at")
        if let retryAt { json.value(retryAt) } else { json.null() }
        json.key("wait_ms")
        if let waits { json.value(waits) } else { json.null() }
        json.endObject()
        return json.finish()
    }
}
