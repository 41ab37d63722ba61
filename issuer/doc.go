// Package issuer keeps what an institution has promised: its achievements,
// the credentials it awarded, and their state.
//
// [Open] gives a [Service]; [Service.Prepare] and [Service.Issue] make a
// credential:
//
//	p, err := s.Prepare(ctx, actor, issuer.Draft{Achievement: id, Recipient: r})
//	if err != nil {
//		return err // nothing was signed
//	}
//	record, err := s.Issue(ctx, p)
//
// [Service.StartBatch] takes the rows of a file in, and [Service.WorkBatches] works
// through them with every core, also those that an earlier process left. What is
// constant for an achievement is done once, and so are the schema and the
// throw-away signature for each shape of document ([schema.Shape]); the real
// signature of every credential is read back and checked before it is stored.
// Reserving and issuing are two steps for each row as for any credential; the
// store commits those of many rows together.
//
// What it guarantees:
//
//   - Nothing unvalidated can be signed: Issue takes only what Prepare made, and
//     Prepare has recorded it, numbered it, signed it with throw-away keys and
//     had the whole verifier read it back.
//   - A credential exists in every form that its institution has switched on (see
//     [Edit]): the document with one proof or several, a token, the holder's base
//     copy. Each is read back and verified from its bytes; one that fails, fails
//     them all.
//   - What is acknowledged is on the disk: a credential, a revocation and the
//     log entry that says who did it become durable in one step.
//   - A row of a file makes at most one credential, however often the file is sent
//     and wherever a process was killed: its key is taken in the transaction that
//     records the credential, and kept as long.
//   - No two credentials share a place in a status list, not even after a crash
//     or on a restored backup; and no revocation is ever taken back.
//   - What names a person is sealed under a key of that learner, which lies
//     outside the record file. Destroying the key is erasure.
//   - A correction ([Service.Reissue]) supersedes and a renewal ([Service.Renew]) goes
//     on: the new record and the one whose place it takes are written in one step.
//   - Changes of status are built into lists many at a time, and served within a
//     second ([Service.ServedList]).
//   - Keys are replaced while the service runs ([Service.RotateKeys]): published, then
//     signing, then the old ones retired; whatever was begun is carried through
//     ([Service.KeepKeys]). What a compromised key signed can be counted and issued
//     anew ([Service.Drill], [Service.ReplaceSigned]).
//   - What the address of a credential shows is its learner's choice ([Service.Choose]),
//     unless it is withheld; share links ([Service.MakeShare]) show a part of a
//     closed one, and end. What opens a link is kept as a hash alone.
//
// In its directory a service keeps merkki.db (by its [Store]), learners (the
// keys of the sealed parts), highwater (which places of status lists may have
// been used, outside the database on purpose) and published/ (the last signed
// lists). Signing keys are wherever the key store has them.
//
// Errors about requests are *schema.Fault, or [Faults] where there are several;
// any other error is about the service.
package issuer
