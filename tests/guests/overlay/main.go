// What Go leaves out on wasip1 and wasi-aot's overlay of Go's library has. Each argument is one
// use; what the program prints is the same natively.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata"
)

func main() {
	uses := map[string]func(){
		"modes": modes, "errors": failures, "zones": zones, "names": names, "root": root,
		"notify": notify, "context": untilCancelled, "ignore": ignore, "reset": reset, "self": self,
	}
	for _, name := range os.Args[1:] {
		use, ok := uses[name]
		if !ok {
			fmt.Println("no such use:", name)
			os.Exit(2)
		}
		use()
	}
}

func show(name string) {
	info, err := os.Lstat(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(info.Mode(), name)
}

func modes() {
	fmt.Println(os.WriteFile("plain", nil, 0o666), os.WriteFile("secret", nil, 0o600))
	fmt.Println(os.Mkdir("shared", 0o777), os.MkdirAll("private/below", 0o700))
	file, err := os.OpenFile("script", os.O_CREATE|os.O_WRONLY, 0o755)
	fmt.Println(err)
	for _, name := range []string{"plain", "secret", "shared", "private", "private/below", "script"} {
		show(name)
	}
	// An existing file keeps its mode.
	fmt.Println(os.WriteFile("secret", []byte("x"), 0o644))
	show("secret")
	fmt.Println(file.Chmod(0o640), os.Chmod("plain", 0o400), os.Chmod("shared", 0o755))
	info, err := file.Stat()
	fmt.Println(info.Mode(), err, file.Close())
	show("plain")
	show("shared")
	fmt.Println(os.Symlink("plain", "link"), os.Chmod("link", 0o444))
	show("plain")
	made, err := os.MkdirTemp(".", "made")
	fmt.Println(err)
	info, err = os.Stat(made)
	fmt.Println(info.Mode(), err)
	temporary, err := os.CreateTemp(made, "")
	fmt.Println(err)
	info, err = temporary.Stat()
	fmt.Println(info.Mode(), err, temporary.Close())
	filepath.WalkDir("private", func(path string, entry os.DirEntry, err error) error {
		info, err := entry.Info()
		fmt.Println(path, info.Mode(), err)
		return nil
	})
}

func failures() {
	fmt.Println(os.Chmod("missing", 0o600))
	file, err := os.Create("closed")
	fmt.Println(err, file.Close())
	fmt.Println(file.Chmod(0o600))
}

func zones() {
	moment := time.Unix(1_700_000_000, 0)
	fmt.Println(moment, time.Local)
}

func names() {
	name, err := os.Hostname()
	fmt.Println(name, err)
	fmt.Println(os.Getpid() > 1)
}

func waiting(signals ...os.Signal) chan os.Signal {
	all := make(chan os.Signal, 10)
	signal.Notify(all, signals...)
	return all
}

func notify() {
	defer fmt.Println("deferred")
	all := waiting(syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH)
	fmt.Println("ready")
	for sig := range all {
		fmt.Println(sig)
		if sig == syscall.SIGTERM {
			return
		}
	}
}

func untilCancelled() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	// Another goroutine keeps the processor.
	go func() {
		for n := 0; ; n++ {
			fibonacci(n % 20)
		}
	}()
	fmt.Println("ready")
	<-ctx.Done()
	fmt.Println(ctx.Err())
}

func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

func ignore() {
	signal.Ignore(os.Interrupt)
	fmt.Println(signal.Ignored(os.Interrupt), signal.Ignored(syscall.SIGTERM))
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

func reset() {
	all := waiting(syscall.SIGTERM, syscall.SIGUSR1)
	fmt.Println("ready")
	fmt.Println(<-all)
	signal.Reset(syscall.SIGTERM)
	fmt.Println("again")
	<-all
}

func self() {
	all := waiting(os.Interrupt)
	process, err := os.FindProcess(os.Getpid())
	fmt.Println(err, process.Signal(os.Interrupt))
	fmt.Println(<-all)
}
