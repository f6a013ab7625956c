/// Hashes, signatures, authenticated encryption and chance from OpenSSL, over spans.
///
/// # Basics
/// - ``SHA256`` hashes several spans without joining them, and gives a ``Digest``; one hasher
///   serves any number of hashes. `bytes.sha256` is the short form for a single span.
/// - ``Ed25519`` signs and verifies; a private key is 32 bytes of seed.
/// - ``AES256GCM`` seals and opens; ``AES256Blocks`` is AES of single blocks; ``SipHash`` gives
///   keyed fingerprints; ``HMAC`` derives one key from another. The first three keep a context.
/// - ``Secret`` holds a key and overwrites it at the end.
/// - ``SecureRandom`` fills bytes that nobody can guess.
///
/// # Caveats
/// - A ``SHA256`` is not shared: each thread makes its own, once, and keeps it. Making one costs
///   about as much as hashing a short text.
/// - A nonce of ``AES256GCM`` is never used twice under one key: whoever has two such messages has
///   the difference of their texts, and can forge more.
/// - OpenSSL keeps the last key in a context until the next one or the end of the context, which
///   overwrites it.
/// - A hash finds what was altered only for whoever has the right hash from elsewhere; who made a
///   text is said by a signature.
/// - OpenSSL fails here only when it is broken or out of memory; the process stops then, for there
///   is nothing to go on with.
import COpenSSL
