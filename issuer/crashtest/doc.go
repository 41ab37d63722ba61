// Package crashtest kills an issuing service, and the power of its disk, at
// random moments and looks at what is left.
//
// Three processes take part, all of them this package's test binary. The
// worker opens a service on a directory and issues, one by one and by the
// file, revokes and changes keys from several goroutines; after each acknowledged answer it writes a line. The witness
// reads these lines and syncs each to a log of its own, on another disk where
// power is cut. The judge kills the worker, opens the directory as a start of
// the program would, and compares: no acknowledged credential or revocation
// may be missing, each row of an acknowledged file must make one credential, no
// place in a status list may be used twice, and Doctor must have nothing to say.
//
// The short form has a few rounds; with MERKKI_LONG=1 it is 1,000 kills and 50
// power cuts. Cutting power takes root, mkfs.ext4 and a loop device.
package crashtest
