// Does what its arguments say, each a step: STEP or STEP=VALUE. Prints what it finds, or the error.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"
)

func main() {
	for _, argument := range os.Args[1:] {
		step, value, _ := strings.Cut(argument, "=")
		found, err := do(step, value)
		if err != nil {
			found = err.Error()
		}
		fmt.Println(step, found)
	}
}

func do(step, value string) (string, error) {
	switch step {
	case "env":
		return os.Getenv(value), nil
	case "config":
		return os.UserConfigDir()
	case "read":
		text, err := os.ReadFile(value)
		return string(text), err
	case "write":
		return "ok", os.WriteFile(value, []byte("written"), 0o666)
	case "list":
		entries, err := os.ReadDir(value)
		var names []string
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
		return strings.Join(names, " "), err
	case "tree":
		return tree(value)
	case "zone":
		zone, err := time.LoadLocation(value)
		if err != nil {
			return "", err
		}
		return time.Unix(1782907200, 0).In(zone).Format(time.RFC3339), nil
	case "local":
		return time.Unix(1782907200, 0).Format(time.RFC3339), nil
	case "wait":
		_, err := bufio.NewReader(os.Stdin).ReadByte()
		return "", err
	case "exit":
		os.Exit(len(value))
	case "panic":
		panic("asked for")
	case "spin":
		for {
		}
	case "nil":
		return fmt.Sprint(*(*int)(unsafe.Pointer(uintptr(1 << 31)))), nil
	}
	return "", fmt.Errorf("no step %s", step)
}

// tree makes a tree of files in the directory for temporary files, with links to outside.
func tree(outside string) (string, error) {
	top, err := os.MkdirTemp("", "tree")
	if err != nil {
		return "", err
	}
	deep := top
	for level := 0; level < 40; level++ {
		deep = filepath.Join(deep, "level")
		if err := os.MkdirAll(filepath.Join(deep, "beside"), 0o777); err != nil {
			return "", err
		}
		for file := 0; file < 5; file++ {
			name := filepath.Join(deep, "beside", fmt.Sprint(file))
			if err := os.WriteFile(name, []byte(name), 0o666); err != nil {
				return "", err
			}
		}
	}
	return "ok", os.Symlink(outside, filepath.Join(top, "link"))
}
