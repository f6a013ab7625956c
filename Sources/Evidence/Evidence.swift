/// What an auditor can check without trusting anybody: tree, tiles, signed checkpoints, proofs.
///
/// # Basics
/// - The records of a log are the leaves of the Merkle tree of RFC 6962. A ``TreeHasher`` hashes
///   leaves and nodes, a ``Frontier`` grows the tree by a leaf and knows its root, a
///   ``HashSource`` answers the stored hashes.
/// - An ``InclusionProof`` shows that a record is in the log, a ``ConsistencyProof`` that a log was
///   only added to. Both are made from stored hashes and verified from nothing but roots.
/// - A ``Tile`` is a file of 256 hashes or records, at a path of C2SP tlog-tiles; ``TileHashes``
///   reads hashes out of tiles, ``TileGrowth`` names the tiles that a growth makes.
/// - A ``Checkpoint`` says how many records a log has and what its root is. It travels as a signed
///   ``Note``: a ``SignerKey`` signs, a ``VerifierKey`` verifies.
/// - A ``RecordProof`` is one text file that proves one record offline; a ``GrowthProof`` is one
///   that proves that nothing was removed since an earlier checkpoint.
///
/// # Caveats
/// - This room is pure: no files, no clock. What is read is handed in, what is made is handed out.
/// - A proof is worth what its checkpoint is worth. Whoever holds the signing key can sign a
///   second history: keep checkpoints where the owner of the log cannot change them.
/// - Tiles by themselves are only claims: hashes read from them prove something once a proof made
///   of them verifies against a checkpoint.
/// - Every text is taken in one spelling only, the one that this room writes.
///
/// # Formats
/// RFC 6962 section 2.1 with SHA-256; RFC 9162 sections 2.1.3.2 and 2.1.4.2 for verification; of
/// <https://c2sp.org> signed-note, tlog-checkpoint, tlog-tiles, tlog-proof, tlog-witness.
import Crypto
