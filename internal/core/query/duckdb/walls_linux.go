package duckdb

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// namespace is a set of namespaces to start the child in.
type namespace struct {
	flags uintptr
	user  bool
}

func namespaces() []namespace {
	net := uintptr(unix.CLONE_NEWNET | unix.CLONE_NEWIPC)
	return []namespace{
		{flags: net | unix.CLONE_NEWUSER, user: true},
		{flags: net}, // root without user namespaces
		{},
	}
}

func (n namespace) apply(cmd *exec.Cmd) {
	attr := &syscall.SysProcAttr{
		Cloneflags: n.flags,
		Setpgid:    true,
		Pdeathsig:  syscall.SIGKILL, // a server that dies leaves no engine behind
	}
	if n.user {
		// nobody inside: exec then drops every capability the new namespace gave.
		const nobody = 65534
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getgid(), Size: 1}}
	}
	cmd.SysProcAttr = attr
	cmd.Cancel = func() error {
		// The whole group, and without asking: DuckDB looks at interrupts only between vectors.
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
}

// putUpWalls closes the child in, then tries each wall: a wall counts only when what
// it should hold back was held back.
func putUpWalls(f frame) []Wall {
	return []Wall{
		wall(wallMemory, "进程可用内存有上限，超限的查询以分配失败告终", limitMemory(f.Limits)),
		wall(wallNetwork, "没有网络接口的网络命名空间", checkNetwork()),
		wall(wallFiles, "Landlock：只能读取本次任务的数据文件，只能写入本次任务的临时目录", restrictFiles(f)),
		wall(wallCalls, "seccomp：不能建立网络连接、启动程序或影响其他进程", restrictCalls()),
		wall(wallPrivs, "no_new_privs：不能提升权限", checkPrivs()),
	}
}

func wall(name, what string, err error) Wall {
	if err != nil {
		return Wall{Name: name, Title: wallTitles[name], Why: err.Error()}
	}
	return Wall{Name: name, Title: wallTitles[name], Present: true, Why: what}
}

// limitMemory bounds the address space above what DuckDB is told to plan with: thread
// stacks, allocator arenas and the Go heap live in the margin.
func limitMemory(l Limits) error {
	var pages, rest uint64
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return err
	}
	if _, err := fmt.Sscan(string(b), &pages, &rest); err != nil {
		return err
	}
	const margin = 1 << 30
	limits := []struct {
		what  int
		value uint64
	}{
		{unix.RLIMIT_AS, pages*uint64(os.Getpagesize()) + uint64(l.Memory) + margin},
		{unix.RLIMIT_CORE, 0}, // a core file would be raw data on a disk
		{unix.RLIMIT_FSIZE, uint64(l.Temp)},
		{unix.RLIMIT_NOFILE, 256},
		// The parent kills by the clock; this is for a parent that is itself gone.
		{unix.RLIMIT_CPU, uint64(l.Timeout.Seconds())*uint64(l.Threads+1) + 5},
	}
	for _, lim := range limits {
		if err := unix.Setrlimit(lim.what, &unix.Rlimit{Cur: lim.value, Max: lim.value}); err != nil {
			return fmt.Errorf("setrlimit %d: %w", lim.what, err)
		}
	}
	var got unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_AS, &got); err != nil || got.Cur != limits[0].value {
		return fmt.Errorf("内存上限未生效：RLIMIT_AS 为 %d，应为 %d (%v)", got.Cur, limits[0].value, err)
	}
	return nil
}

// checkNetwork looks for any interface that is up. In an empty namespace there is only
// a loopback that nobody has brought up.
func checkNetwork() error {
	list, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.Flags&net.FlagUp != 0 {
			return fmt.Errorf("网络接口 %s 可用：系统不允许建立网络命名空间，请启用用户命名空间（sysctl user.max_user_namespaces）", i.Name)
		}
	}
	return nil
}

func restrictFiles(f frame) error {
	const (
		read  = landlock.AccessFSSet(ll.AccessFSReadFile)
		spill = landlock.AccessFSSet(ll.AccessFSReadFile | ll.AccessFSWriteFile | ll.AccessFSReadDir | ll.AccessFSRemoveDir |
			ll.AccessFSRemoveFile | ll.AccessFSMakeDir | ll.AccessFSMakeReg | ll.AccessFSTruncate)
	)
	rules := []landlock.Rule{
		landlock.PathAccess(spill, f.Temp),
		// DuckDB looks up its memory limit there when it opens, and crashes on "permission denied".
		landlock.PathAccess(read, "/proc/self/cgroup", "/sys/fs/cgroup").IgnoreIfMissing(),
	}
	for _, path := range f.Inputs {
		rules = append(rules, landlock.PathAccess(read, path))
	}
	if err := landlock.V6.BestEffort().Restrict(rules...); err != nil {
		return err
	}
	for _, path := range []string{"/proc/self/maps", "/etc/passwd"} {
		if file, err := os.Open(path); err == nil {
			file.Close()
			return errors.New("内核没有启用 Landlock，" + path + " 仍可读取：请使用 5.13 以上内核并在启动参数 lsm= 中加入 landlock")
		}
	}
	if file, err := os.OpenFile(os.TempDir()+"/yunei-wall", os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		file.Close()
		os.Remove(file.Name())
		return errors.New("内核没有启用 Landlock，仍可写入文件：请使用 5.13 以上内核并在启动参数 lsm= 中加入 landlock")
	}
	return nil
}

func restrictCalls() error {
	if err := installFilter(); err != nil {
		return err
	}
	// Sockets and programs must now fail with the filter's own error.
	if fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0); err != unix.EPERM {
		if err == nil {
			unix.Close(fd)
		}
		return fmt.Errorf("系统调用过滤器已安装，但 socket 得到 %v：请更换内核", err)
	}
	if err := unix.Kill(os.Getppid(), 0); err != unix.EPERM {
		return fmt.Errorf("系统调用过滤器已安装，但 signal 得到 %v：请更换内核", err)
	}
	if _, err := unix.FcntlInt(0, unix.F_SETOWN, os.Getppid()); err != unix.EPERM {
		return fmt.Errorf("系统调用过滤器已安装，但 F_SETOWN 得到 %v：请更换内核", err)
	}
	if err := unix.Exec("/nonexistent", []string{"x"}, nil); err != unix.EPERM {
		return fmt.Errorf("系统调用过滤器已安装，但 exec 得到 %v：请更换内核", err)
	}
	return nil
}

func checkPrivs() error {
	on, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	if err != nil {
		return err
	}
	if on != 1 {
		return errors.New("no_new_privs 未生效：请使用 3.5 以上内核")
	}
	return nil
}
