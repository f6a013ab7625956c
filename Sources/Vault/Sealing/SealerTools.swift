import Bytes
import Crypto

/// The contexts of OpenSSL and the buffers that a sealer keeps: making one costs more than using
/// it.
struct SealerTools: ~Copyable {
    private var cipher = AES256GCM()
    private var blocks = AES256Blocks()
    private var hasher = SHA256()
    private var sip = SipHash()
    /// The key that cipher and blocks have.
    private var key: DataKey?
    /// Chance in advance: a call for 12 bytes takes 600 ns, one for 4,080 twice that.
    private var chance = [UInt8](repeating: 0, count: 340 * AES256GCM.nonceByteCount)
    private var chanceUsed = 340 * AES256GCM.nonceByteCount
    private var nonce = [UInt8](repeating: 0, count: AES256GCM.nonceByteCount)
    private var salts: [UInt8] = []
    private var associated: [UInt8] = []
    private var pair: [UInt8] = []
    /// The texts of an event one after the other, and then their ciphertext.
    private var texts: [UInt8] = []

    mutating func seal(
        _ fields: [SealedField], of values: Span<UInt8>, identity: Fingerprint, under key: DataKey,
        into sealed: inout [UInt8]
    ) {
        guard let first = fields.first else { return }
        take(key)
        drawNonce()
        derive(fields)
        describe(fields, identity: identity)
        let (nonce, salts, associated) = (nonce, salts, associated)
        cipher.begin(.seal, nonce: nonce.span, associated: associated.span)
        encrypt(fields, of: values)
        var at = sealed.count
        let seal = at + SealedField.commitmentByteCount + first.range.count
        let overhead = SealedField.sealByteCount + SealedField.commitmentByteCount * fields.count
        sealed.append(contentsOf: repeatElement(0, count: texts.count + overhead))
        var target = sealed.mutableSpan
        var start = 0
        for index in fields.indices {
            let range = fields[index].range
            hasher.update(salts.span.extracting(16 * index..<16 * index + 16))
            hasher.update(values.extracting(range))
            target.store(hasher.finish(), at: at)
            let text = texts.span.extracting(start..<start + range.count)
            target.copy(text, at: at + SealedField.commitmentByteCount)
            start += range.count
            at += SealedField.sealedByteCount(range.count, isFirst: index == 0)
        }
        target.copy(nonce.span, at: seal)
        cipher.finishSealing(tag: &target, at: seal + AES256GCM.nonceByteCount)
    }

    /// Puts the texts one after the other and encrypts them by one call: three short ones take
    /// twice as long.
    private mutating func encrypt(_ fields: [SealedField], of values: Span<UInt8>) {
        var total = 0
        for field in fields { total += field.range.count }
        Self.resize(&texts, to: total)
        var target = texts.mutableSpan
        var at = 0
        for field in fields {
            target.copy(values.extracting(field.range), at: at)
            at += field.range.count
        }
        cipher.transform(&texts)
    }

    mutating func open(
        _ fields: [SealedField], of values: Span<UInt8>, identity: Fingerprint, under key: DataKey
    ) throws(VaultError) -> [Disclosure] {
        let texts = try Self.texts(fields, byteCount: values.count)
        guard let first = texts.first else { return [] }
        let seal = first.range.upperBound
        nonce.store(values.load(at: seal, as: UInt64.self), at: 0)
        nonce.store(values.load(at: seal + 8, as: UInt32.self), at: 8)
        take(key)
        derive(texts)
        describe(texts, identity: identity)
        var disclosures: [Disclosure] = []
        disclosures.reserveCapacity(texts.count)
        let (nonce, salts, associated) = (nonce, salts, associated)
        cipher.begin(.open, nonce: nonce.span, associated: associated.span)
        for index in texts.indices {
            let field = texts[index]
            var text = [UInt8](repeating: 0, count: field.range.count)
            var span = text.mutableSpan
            cipher.transform(values.extracting(field.range), into: &span, at: 0)
            let salt = salts.span.extracting(16 * index..<16 * index + 16).array
            disclosures.append(Disclosure(field: field.number, salt: salt, text: text))
        }
        let tag = seal + AES256GCM.nonceByteCount..<seal + SealedField.sealByteCount
        guard cipher.finishOpening(tag: values.extracting(tag)) else { throw Self.damaged }
        for index in disclosures.indices {
            let (salt, text) = (disclosures[index].salt, disclosures[index].text)
            hasher.update(salt.span)
            hasher.update(text.span)
            // Authenticated already; a commitment to another text would be the sealer's own lie.
            guard hasher.finish() == Digest(values, at: fields[index].range.lowerBound) else {
                throw Self.damaged
            }
        }
        return disclosures
    }

    mutating func fingerprint(_ key: Secret, _ name: Span<UInt8>) -> Fingerprint {
        sip.begin(key: key.bytes)
        sip.update(name)
        return sip.finish()
    }

    mutating func fingerprint(_ key: Secret, _ kind: UInt8, _ name: Span<UInt8>) -> Fingerprint {
        sip.begin(key: key.bytes)
        sip.update(kind)
        sip.update(name)
        return sip.finish()
    }

    mutating func identity(
        _ key: Secret, _ source: Span<UInt8>, _ id: Span<UInt8>
    ) -> Fingerprint {
        pair.removeAll(keepingCapacity: true)
        pair.append(NameKind.identity.rawValue)
        // Its length before it: ("a", "bc") and ("ab", "c") are two events.
        pair.append(littleEndian: UInt32(source.count))
        let pair = pair
        sip.begin(key: key.bytes)
        sip.update(pair.span)
        sip.update(source)
        sip.update(id)
        return sip.finish()
    }

    /// Sets a key; the events of one owner often follow each other, and then it is set already.
    private mutating func take(_ key: DataKey) {
        if self.key === key { return }
        let (text, salt) = (key.text, key.salt)
        cipher.setKey(text.bytes)
        blocks.setKey(salt.bytes)
        self.key = key
    }

    private mutating func drawNonce() {
        if chanceUsed == chance.count {
            var span = chance.mutableSpan
            SecureRandom.fill(&span)
            chanceUsed = 0
        }
        let low = chance.span.load(at: chanceUsed, as: UInt64.self)
        let high = chance.span.load(at: chanceUsed + 8, as: UInt32.self)
        nonce.store(low, at: 0)
        nonce.store(high, at: 8)
        chanceUsed += AES256GCM.nonceByteCount
    }

    /// The salts of all fields: AES-256 under the salt's key of (nonce, number of the field).
    private mutating func derive(_ fields: [SealedField]) {
        let (low, high) = (
            nonce.span.load(at: 0, as: UInt64.self), nonce.span.load(at: 8, as: UInt32.self)
        )
        Self.resize(&salts, to: 16 * fields.count)
        for index in fields.indices {
            salts.store(low, at: 16 * index)
            salts.store(high, at: 16 * index + 8)
            salts.store(UInt32(fields[index].number).bigEndian, at: 16 * index + 12)
        }
        blocks.apply(to: &salts)
    }

    /// What the tag covers beside the texts: which event, which fields, of which kinds and lengths.
    private mutating func describe(_ fields: [SealedField], identity: Fingerprint) {
        Self.resize(&associated, to: 17 + 6 * fields.count)
        associated[0] = 1
        associated.store(identity.low, at: 1)
        associated.store(identity.high, at: 9)
        for index in fields.indices {
            associated[17 + 6 * index] = fields[index].number
            associated[18 + 6 * index] = fields[index].kind
            associated.store(UInt32(fields[index].range.count), at: 19 + 6 * index)
        }
    }

    private static func resize(_ bytes: inout [UInt8], to count: Int) {
        if bytes.count == count { return }
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: repeatElement(0, count: count))
    }

    /// Where the ciphertexts lie in the sealed values.
    private static func texts(
        _ fields: [SealedField], byteCount: Int
    ) throws(VaultError) -> [SealedField] {
        var texts: [SealedField] = []
        texts.reserveCapacity(fields.count)
        for field in fields {
            let excess = SealedField.sealedByteCount(0, isFirst: texts.isEmpty)
            guard field.range.count >= excess, field.range.lowerBound >= 0,
                field.range.upperBound <= byteCount
            else { throw damaged }
            let start = field.range.lowerBound + SealedField.commitmentByteCount
            texts.append(
                SealedField(
                    number: field.number, kind: field.kind,
                    range: start..<start + field.range.count - excess))
        }
        return texts
    }

    private static var damaged: VaultError {
        VaultError(
            .damaged,
            "a sealed field is not what was sealed; run 'ledger verify', then restore the log from "
                + "a backup")
    }
}
