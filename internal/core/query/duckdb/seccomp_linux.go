package duckdb

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The filter is a classic BPF program over struct seccomp_data: allow what the Go
// runtime and DuckDB need to compute, look at the arguments of a few calls, and answer
// everything else with EPERM. EPERM rather than a kill lets the child report that the
// wall stands, and lets DuckDB turn a forbidden call into an ordinary error.

// Offsets in struct seccomp_data {int nr; u32 arch; u64 ip; u64 args[6]}, little endian.
const (
	offNr   = 0
	offArch = 4
	offArg  = 16
)

const (
	allow  = uint32(unix.SECCOMP_RET_ALLOW)
	eperm  = uint32(unix.SECCOMP_RET_ERRNO) | uint32(unix.EPERM)
	enosys = uint32(unix.SECCOMP_RET_ERRNO) | uint32(unix.ENOSYS)
	kill   = uint32(unix.SECCOMP_RET_KILL_PROCESS)
)

func stmt(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }

func load(offset uint32) unix.SockFilter {
	return stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, offset)
}

func ret(action uint32) unix.SockFilter { return stmt(unix.BPF_RET|unix.BPF_K, action) }

// skipUnless jumps over n instructions unless the accumulator equals k.
func skipUnless(k uint32, n uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jf: n}
}

// skipIfBits jumps over n instructions if the accumulator has any bit of k.
func skipIfBits(k uint32, n uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: k, Jt: n}
}

// program writes the filter for a process id.
func program(pid uint32) []unix.SockFilter {
	p := []unix.SockFilter{
		load(offArch),
		// A call through another architecture's table would have other numbers.
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: auditArch, Jt: 1},
		ret(kill),
		load(offNr),
	}
	// glibc asks for clone3 first, whose flags lie in memory a filter cannot read;
	// with "no such call" it falls back to clone, whose flags are looked at.
	p = append(p, skipUnless(unix.SYS_CLONE3, 1), ret(enosys))
	// when appends a block that runs only for the call nr and always returns.
	when := func(nr uint32, block ...unix.SockFilter) {
		p = append(p, skipUnless(nr, uint8(len(block))))
		p = append(p, block...)
	}
	// A thread, not a process, and in no new namespace.
	const newSpaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC |
		unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP
	when(unix.SYS_CLONE, load(offArg), skipIfBits(newSpaces, 1), skipIfBits(unix.CLONE_THREAD, 1), ret(eperm), ret(allow))
	// Signals to this process only: the Go scheduler preempts its threads with them.
	when(unix.SYS_TGKILL, load(offArg), skipUnless(pid, 1), ret(allow), ret(eperm))
	// No new executable memory: nothing here compiles at run time.
	for _, nr := range []uint32{unix.SYS_MMAP, unix.SYS_MPROTECT} {
		when(nr, load(offArg+2*8), skipIfBits(unix.PROT_EXEC, 1), ret(allow), ret(eperm))
	}
	// Limits may be read, not set: the fourth word of prlimit64's new-limit pointer is zero.
	when(unix.SYS_PRLIMIT64, load(offArg+2*8), skipUnless(0, 3), load(offArg+2*8+4), skipUnless(0, 1), ret(allow), ret(eperm))
	when(unix.SYS_PRCTL, load(offArg), skipUnless(unix.PR_SET_NAME, 1), ret(allow), skipUnless(unix.PR_SET_VMA, 1), ret(allow),
		skipUnless(unix.PR_GET_NO_NEW_PRIVS, 1), ret(allow), ret(eperm))
	// Flags and locks of files; not F_SETOWN and F_SETSIG, which send signals to others.
	files := []unix.SockFilter{load(offArg + 8)}
	for _, cmd := range []uint32{unix.F_GETFD, unix.F_SETFD, unix.F_GETFL, unix.F_SETFL, unix.F_DUPFD_CLOEXEC, unix.F_GETLK, unix.F_SETLK, unix.F_SETLKW, unix.F_OFD_SETLK} {
		files = append(files, skipUnless(cmd, 1), ret(allow))
	}
	when(unix.SYS_FCNTL, append(files, ret(eperm))...)
	for _, nr := range append(commonCalls, archCalls...) {
		p = append(p, skipUnless(nr, 1), ret(allow))
	}
	return append(p, ret(eperm))
}

// commonCalls exist on every architecture. Which files openat reaches is Landlock's
// business; here is only what kind of thing may be done.
var commonCalls = []uint32{
	// memory
	unix.SYS_MUNMAP, unix.SYS_MREMAP, unix.SYS_MADVISE, unix.SYS_BRK, unix.SYS_MINCORE, unix.SYS_MEMBARRIER, unix.SYS_GET_MEMPOLICY,
	// threads, locks, signals, time
	unix.SYS_FUTEX, unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_SCHED_SETAFFINITY,
	unix.SYS_GETTID, unix.SYS_GETPID, unix.SYS_GETPPID, unix.SYS_EXIT, unix.SYS_EXIT_GROUP, unix.SYS_RESTART_SYSCALL,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK,
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_CLOCK_GETRES, unix.SYS_GETTIMEOFDAY,
	unix.SYS_GETRUSAGE, unix.SYS_TIMES, unix.SYS_GETCPU, unix.SYS_SYSINFO, unix.SYS_UNAME, unix.SYS_GETRANDOM,
	unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETGID, unix.SYS_GETEGID,
	// the two pipes, the poller, the inputs, the spill directory
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_PREAD64, unix.SYS_PWRITE64, unix.SYS_CLOSE,
	unix.SYS_OPENAT, unix.SYS_FSTAT, unix.SYS_STATX, unix.SYS_STATFS, unix.SYS_FSTATFS, unix.SYS_LSEEK, unix.SYS_FADVISE64,
	unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2, unix.SYS_READLINKAT, unix.SYS_GETDENTS64, unix.SYS_GETCWD,
	unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_UNLINKAT, unix.SYS_MKDIRAT,
	unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT, unix.SYS_EVENTFD2, unix.SYS_PIPE2, unix.SYS_PPOLL,
}

// installFilter puts the filter on every thread of the process at once.
func installFilter() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	filter := program(uint32(os.Getpid()))
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	stuck, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return fmt.Errorf("内核不接受 seccomp 过滤器，请启用 CONFIG_SECCOMP_FILTER：%w", errno)
	}
	if stuck != 0 {
		return fmt.Errorf("线程 %d 没有装上 seccomp 过滤器", stuck)
	}
	return nil
}
