// verify checks an exported folder with the public code of golang.org/x/mod alone, unmodified: its
// packages sumdb/note and sumdb/tlog know nothing of the ledger.
//
//	verify VKEY FOLDER [OLD-CHECKPOINT GROWTH-PROOF]
//
// VKEY is the file with the verifier key. FOLDER holds `checkpoint`, the tiles below `tile/`, the
// bundles of records below `tile/entries/`, and proofs of single records as
// `proofs/POSITION.tlog-proof`. With the two further files it also checks that the log of the
// earlier checkpoint was only added to. With Debian's golang-go and golang-golang-x-mod-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run tools/verify/main.go VKEY FOLDER
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is that of tlog-tiles: 256 hashes a file.
const tileHeight = 8

func main() {
	if len(os.Args) != 3 && len(os.Args) != 5 {
		fail("usage: verify VKEY FOLDER [OLD-CHECKPOINT GROWTH-PROOF]")
	}
	verifier, err := note.NewVerifier(strings.TrimSuffix(read(os.Args[1]), "\n"))
	check(err)
	folder := os.Args[2]
	origin, tree := openCheckpoint(read(filepath.Join(folder, "checkpoint")), verifier)
	records := readRecords(folder, tree)
	checkTiles(folder, tree, records)
	proofs, err := filepath.Glob(filepath.Join(folder, "proofs", "*.tlog-proof"))
	check(err)
	for _, proof := range proofs {
		checkProof(proof, verifier, records)
	}
	fmt.Printf("ok: %s, %d records, %d proofs\n", origin, tree.N, len(proofs))
	if len(os.Args) == 5 {
		checkGrowth(read(os.Args[3]), read(os.Args[4]), verifier)
	}
}

// openCheckpoint checks a signed checkpoint and answers the origin, size and root that it states.
func openCheckpoint(signed string, verifier note.Verifier) (string, tlog.Tree) {
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		fail("the checkpoint is not one of " + verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return lines[0], tlog.Tree{N: size, Hash: root}
}

// path is where tlog-tiles puts a tile that golang.org/x/mod calls tile/8/LEVEL/INDEX.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

// readRecords reads the bundles of records and computes the root anew, from nothing but them.
func readRecords(folder string, tree tlog.Tree) [][]byte {
	var records [][]byte
	var hashes []tlog.Hash
	stored := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, hashes[index])
		}
		return found, nil
	})
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := tree.N - first
		if width > 1<<tileHeight {
			width = 1 << tileHeight
		}
		tile := tlog.Tile{H: tileHeight, L: 0, N: first >> tileHeight, W: int(width)}
		name := strings.Replace(path(tile), "tile/0/", "tile/entries/", 1)
		bundle := []byte(read(filepath.Join(folder, name)))
		for ; width > 0; width-- {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				fail(name + " ends within a record")
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			record := bundle[2:end]
			bundle = bundle[end:]
			grown, err := tlog.StoredHashes(int64(len(records)), record, stored)
			check(err)
			hashes = append(hashes, grown...)
			records = append(records, record)
		}
		if len(bundle) > 0 {
			fail(name + " holds more than its records")
		}
	}
	root, err := tlog.TreeHash(tree.N, stored)
	check(err)
	if tree.N == 0 {
		// RFC 6962, 2.1: the root of no records is the hash of nothing; sumdb/tlog answers zeros.
		root = sha256.Sum256(nil)
	}
	if root != tree.Hash {
		fail("the records are not those of the checkpoint: their root is another")
	}
	return records
}

// tiles reads the tiles of the folder for tlog.TileHashReader.
type tiles struct{ folder string }

func (t tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range wanted {
		content, err := os.ReadFile(filepath.Join(t.folder, path(tile)))
		if err != nil {
			return nil, err
		}
		if len(content) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path(tile), len(content))
		}
		contents = append(contents, content)
	}
	return contents, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// checkTiles reads the hash of every record through the tiles, which tlog.TileHashReader proves up
// to the root, and compares it with the record.
func checkTiles(folder string, tree tlog.Tree, records [][]byte) {
	reader := tlog.TileHashReader(tree, tiles{folder})
	for first := 0; first < len(records); first += 1 << 16 {
		last := first + 1<<16
		if last > len(records) {
			last = len(records)
		}
		var indexes []int64
		for position := first; position < last; position++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, int64(position)))
		}
		hashes, err := reader.ReadHashes(indexes)
		check(err)
		for place, hash := range hashes {
			if hash != tlog.RecordHash(records[first+place]) {
				fail(fmt.Sprintf("the tiles hold another record %d than the bundles", first+place))
			}
		}
	}
}

// proofLines splits a proof into its lines and the checkpoint below them.
func proofLines(file string) ([]string, string) {
	head, signed, found := strings.Cut(file, "\n\n")
	if !found {
		fail("no empty line between proof and checkpoint")
	}
	return strings.Split(head, "\n"), signed
}

// checkProof checks a proof of one record, and that it holds for no other bytes.
func checkProof(name string, verifier note.Verifier, records [][]byte) {
	lines, signed := proofLines(read(name))
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		fail(name + " does not begin with c2sp.org/tlog-proof@v1")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		fail(name + " has no index")
	}
	position, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	check(err)
	if position < 0 || position >= int64(len(records)) {
		fail(fmt.Sprintf("%s is of record %d, which is not there", name, position))
	}
	if filepath.Base(name) != fmt.Sprintf("%d.tlog-proof", position) {
		fail(fmt.Sprintf("%s is of record %d", name, position))
	}
	proof := tlog.RecordProof(parseHashes(lines[1:]))
	_, tree := openCheckpoint(signed, verifier)
	record := records[position]
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, position, tlog.RecordHash(record)))
	altered := tlog.RecordHash(append(append([]byte{}, record...), 0))
	if tlog.CheckRecord(proof, tree.N, tree.Hash, position, altered) == nil {
		fail(name + " holds for an altered record too")
	}
}

// checkGrowth checks that the log of an earlier checkpoint was only added to.
func checkGrowth(oldFile, proofFile string, verifier note.Verifier) {
	_, old := openCheckpoint(oldFile, verifier)
	lines, signed := proofLines(proofFile)
	if lines[0] != fmt.Sprintf("old %d", old.N) {
		fail("the proof of growth does not begin at the earlier checkpoint")
	}
	_, tree := openCheckpoint(signed, verifier)
	proof := tlog.TreeProof(parseHashes(lines[1:]))
	if old.N > 0 {
		check(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Printf("ok: grown from %d to %d records\n", old.N, tree.N)
}

func parseHashes(lines []string) []tlog.Hash {
	var hashes []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		check(err)
		hashes = append(hashes, hash)
	}
	return hashes
}

func read(name string) string {
	content, err := os.ReadFile(name)
	check(err)
	return string(content)
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, "FAIL: "+why)
	os.Exit(1)
}
