//go:build !linux

package judge

import "time"

// CPUTime runs f and answers zero; processor time of a thread is measured on Linux only.
func CPUTime(f func()) time.Duration {
	f()
	return 0
}
