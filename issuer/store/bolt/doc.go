// Package bolt keeps an issuer's records in one file, by bbolt.
//
// [Open] is the one call. It creates the file if there is none, migrates an
// older one after copying it, and refuses a newer one. One process at a time
// has the file; a second waits two seconds and then says so.
//
// Writes that arrive together share one transaction and one sync. There is no
// mode that does without the sync.
package bolt
