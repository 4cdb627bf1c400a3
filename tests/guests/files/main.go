// Files and directories. Commands work below the current directory with
// relative names, except where a name is given.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

var commands = map[string]func(args []string){
	"write":     write,
	"read":      read,
	"open":      openModes,
	"append":    appendMode,
	"seek":      seek,
	"at":        readWriteAt,
	"truncate":  truncate,
	"times":     chtimes,
	"stat":      stat,
	"mkdir":     mkdir,
	"readdir":   readDir,
	"rename":    rename,
	"remove":    remove,
	"links":     links,
	"walk":      walk,
	"large-dir": largeDir,
	"temp":      temp,
	"copy":      copyTree,
	"chdir":     chdir,
	"stream":    stream,
	"create":    create,
	"list":      list,
	"escape":    escape,
	"odd-names": oddNames,
	"sync":      syncs,
	"closed":    closed,
	"many-open": manyOpen,
}

func main() {
	command, found := commands[os.Args[1]]
	if !found {
		fmt.Fprintln(os.Stderr, "unknown command")
		os.Exit(99)
	}
	command(os.Args[2:])
}

// say prints what a call gave; errors as Go prints them, without the directory
// that the test runs in.
func say(what string, values ...any) {
	here, _ := os.Getwd()
	line := fmt.Sprintln(values...)
	fmt.Print(what, ": ", strings.ReplaceAll(line, here+"/", ""))
}

// kind names the class of an error: the text of an errno is the platform's.
func kind(err error) string {
	var errno syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, fs.ErrNotExist):
		return "not exist"
	case errors.Is(err, fs.ErrExist):
		return "exist"
	case errors.Is(err, fs.ErrPermission):
		return "permission"
	case errors.Is(err, fs.ErrClosed):
		return "closed"
	case errors.As(err, &errno):
		return errnoName(errno)
	}
	return err.Error()
}

func errnoName(errno syscall.Errno) string {
	names := map[syscall.Errno]string{
		syscall.ENOTDIR: "ENOTDIR", syscall.EISDIR: "EISDIR", syscall.EINVAL: "EINVAL", syscall.EBADF: "EBADF",
		syscall.ENOTEMPTY: "ENOTEMPTY", syscall.ELOOP: "ELOOP", syscall.ENAMETOOLONG: "ENAMETOOLONG",
		syscall.EROFS: "EROFS", syscall.EXDEV: "EXDEV", syscall.ENOSYS: "ENOSYS", syscall.ESPIPE: "ESPIPE",
	}
	if name, found := names[errno]; found {
		return name
	}
	return "errno " + errno.Error()
}

func must(err error) {
	if err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(1)
	}
}

func put(name, content string) { must(os.WriteFile(name, []byte(content), 0o644)) }

func get(name string) string {
	content, err := os.ReadFile(name)
	must(err)
	return string(content)
}
