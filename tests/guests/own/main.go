// Changes files, or tries to: `own OPERATION PATH [PATH]`. Prints `done`, or the error.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	argument := func(index int) string {
		if index < len(os.Args) {
			return os.Args[index]
		}
		return ""
	}
	first, second := argument(2), argument(3)
	if err := try(os.Args[1], first, second); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("done")
}

func try(operation, first, second string) error {
	switch operation {
	case "overwrite":
		return write(first, 0)
	case "truncate":
		return os.Truncate(first, 0)
	case "create":
		return write(first, os.O_CREATE|os.O_TRUNC)
	case "empty":
		return opened(first, os.O_RDONLY|os.O_TRUNC)
	case "append":
		return write(first, os.O_APPEND)
	case "times":
		return os.Chtimes(first, time.Unix(1, 0), time.Unix(1, 0))
	case "remove":
		return os.Remove(first)
	case "rename":
		return os.Rename(first, second)
	case "link":
		return os.Link(first, second)
	case "symlink":
		return os.Symlink(first, second)
	case "mkdir":
		return os.Mkdir(first, 0o755)
	case "read":
		_, err := os.ReadFile(first)
		return err
	case "list":
		entries, err := os.ReadDir(first)
		for _, entry := range entries {
			fmt.Println(entry.Name())
		}
		return err
	case "stat":
		_, err := os.Stat(first)
		return err
	case "swap":
		// Gives a file with this program's contents the name of another file, by a rename.
		// The file keeps the mode that it had.
		if err := write(first, os.O_TRUNC); err != nil {
			return err
		}
		return os.Rename(first, second)
	case "open":
		return many(first, 10_000)
	case "nothing":
		return nil
	}
	return fmt.Errorf("no operation %s", operation)
}

const planted = "#!/bin/sh\necho planted\n"

func write(name string, flags int) error {
	file, err := os.OpenFile(name, os.O_WRONLY|flags, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, strings.NewReader(planted))
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func opened(name string, flags int) error {
	file, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return err
	}
	return file.Close()
}

// many opens a file count times, then writes new files count times, and prints the time of each.
func many(dir string, count int) error {
	start := time.Now()
	for i := 0; i < count; i++ {
		if err := opened(dir+"/file", os.O_RDONLY); err != nil {
			return err
		}
	}
	reading := time.Since(start)
	start = time.Now()
	for i := 0; i < count; i++ {
		if err := write(fmt.Sprintf("%s/new%d", dir, i%100), os.O_CREATE|os.O_TRUNC); err != nil {
			return err
		}
	}
	fmt.Println("open", reading/time.Duration(count), "create", time.Since(start)/time.Duration(count))
	return nil
}
