package main

import (
	"net"

	"golang.org/x/sys/unix"
)

// harden keeps private keys out of core dumps and away from other processes of
// the same user.
func harden() {
	// Neither can fail for the process itself; where a sandbox forbids them the
	// service is no worse off than without.
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

// peerUser asks the kernel who is on the other end of a socket (SO_PEERCRED).
func peerUser(c *net.UnixConn) (uint32, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return 0, err
	}
	if credErr != nil {
		return 0, credErr
	}
	return cred.Uid, nil
}
