/// Keys that can be forgotten: the master key, the sealing of fields, and the file of keys.
///
/// # Basics
/// - ``MasterKey`` is 32 bytes outside the ledger's folder, in a file or behind a command. It wraps
///   every key of the vault.
/// - ``VaultFile`` leads from the hash of an alias to an ``Owner`` (a person, a group chat, a day,
///   and once the ledger itself, whose key seals what names nobody and whose alias is the empty
///   name) and from the random id of an owner to its ``DataKey``. Changes go through
///   ``VaultFile/change(_:)``.
/// - ``Sealer`` seals and opens the fields of an event, and makes fingerprints; ``Sealers`` lends
///   sealers to callers. A ``Disclosure`` opens one commitment for a stranger.
///
/// # Caveats
/// - Sealing happens in the callers, without a lock; changes of the file happen under the log's
///   write lock, before its commit. In between an owner may be erased: see ``VaultFile/erasures``.
/// - What is overwritten in a file may live on where the file system copies on write, and inside an
///   SSD. A copy of the file, a swap partition and a core dump are out of reach too.
/// - A process that forks without exec would draw its parent's nonces again.
/// - The first lookups of a process scan the file, 128 bytes an alias, and answer from it as it is,
///   not as it was at the last refresh. After ``VaultState/scansMax`` of them, or where all slots
///   are asked for, every slot has an entry in memory. Measured for 100,000 aliases: a scan 1 ms,
///   all slots 14 ms.
///
/// # How an event is sealed
/// All sealed fields of an event are sealed under one key, with one nonce and one tag:
/// ```
/// nonce          96 random bits, drawn for each event
/// salt of f      AES-256 under the salt's key of nonce (12) and f (4, big-endian): 16 bytes
/// commitment     SHA-256(salt ‖ text)
/// ciphertext     AES-256-GCM under the text's key of all texts, in ascending order of fields
/// associated     1 (1), digest of the event (16), then for each field: number (1), kind (1),
///                bytes of text (4)
/// ```
/// A sealed value in the record, where n is the bytes of its text:
/// ```
/// offset size
///   0    32   commitment
///  32     n   ciphertext of the text
///  32+n  12   nonce: only in the event's first sealed field
///  44+n  16   tag: likewise
/// ```
/// Why so: measured, a call of the cipher costs 350 ns and a byte 0.25 ns, so that one call an
/// event costs less than half of one call a field, and 28 bytes an event replace 44 a field. The
/// salts are not stored. Each is one output of a keyed permutation: whoever is shown one learns
/// nothing of the others, so a field can be disclosed alone; with the key they are gone. The salt's
/// key is another than the text's, so that no salt is ever a piece of the cipher's stream.
///
/// The nonce is random and not derived from the event: an event that comes again with other content
/// is sealed before anybody knows that it is a conflict, and a derived nonce would then seal two
/// texts. A key seals one owner's events: after 2^32 of them two nonces are equal with a chance of
/// 2^-33. Data keys are 32 random bytes; the keys of texts, salts and digests are HKDF-Expand of
/// them.
///
/// Fingerprints are SipHash-2-4 with 128 bits; those of names are the same before and after a
/// rotation, and therefore under keys of their own, which the vault's header holds wrapped.
///
/// # The file `keys/vault-GENERATION`, byte by byte
/// Little-endian; checksums are XXH3-64.
/// ```
/// offset   size
///       0   256  header
///    1024  2088  changes: counter (8), erasures (8), 1 being changed + 2 older than the log (8),
///                 next generation (8), numbers of the last 512 changed slots (4), checksum (8)
///    4096   256  the header once more
///    8192  1 MiB  journal: count (8), checksum (8), then from its byte 128 on so many slots, each
///                 with its number before it (8)
/// 1056768  128n  slots
///
/// header:   0   8   "LGDRAVLT"
///           8   4   version: 1
///          12   4   bytes of a slot: 128
///          16   8   generation
///          24   8   number of slots
///          32  16   fingerprint of the ledger's origin
///          48   8   tag of the master key
///          56  60   root of the names' keys, wrapped
///         248   8   checksum
/// slot:     0   1   state: 0 free (then all bytes are 0), 1 living, 2 erased
///           1   1   kind: 1 person, 2 group chat, 3 day, 4 the ledger itself
///           2   1   opt-out bits
///           3   1   1 = asked for consent once
///           4   4   number of the day
///           8  16   hash of the alias
///          24  16   id
///          40  60   data key, wrapped
///         112   8   number of the slot
///         120   8   checksum
/// wrapped:  0  12   nonce
///          12  32   ciphertext, AES-256-GCM
///          44  16   tag
/// ```
///
/// # What holds at which moment
/// - Mint: the slot was free. It is written and flushed before the log's commit. A crash before the
///   flush leaves a free or torn slot, after it a person that no event names; both are harmless.
/// - Change of slots in use: new images go into the journal and are flushed, then into the slots
///   and are flushed, then the journal is zeroed and flushed. A crash before the first flush: not
///   begun. After it: whoever opens the file sees the new images, and the next change writes them.
/// - Making: until a commit of the log names the file, making it again is no error. What the master
///   key opens stays; what holds no slot is made anew; nothing else is touched.
/// - Growth and rotation: the next file is whole and flushed before the log's meta table names it;
///   the old one is overwritten and removed after that commit. Until then the old one counts.
/// - A reader sees each slot as it was before or after a group, and a group's slots one by one. It
///   looks at the counter when it refreshes, and reads the slots that were changed since: those
///   that it is told of by their numbers, or all where there were over 512. A file that was
///   replaced says in which generation to go on.
/// - A writer that dies leaves "being changed", or a journal; the next one looks for both before
///   each change, ends the group and makes everybody read all slots again.
import Bytes
