package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func write([]string) {
	put("new.txt", "first\n")
	put("new.txt", "second, longer\n")
	put("new.txt", "short\n")
	put("empty", "")
	big := strings.Repeat("0123456789abcdef", 1<<16)
	put("big", big)
	say("big", len(get("big")), get("big") == big)
	f, err := os.Create("buffered")
	must(err)
	w := bufio.NewWriter(f)
	for i := 0; i < 10000; i++ {
		fmt.Fprintln(w, i)
	}
	must(w.Flush())
	must(f.Close())
	say("missing parent", kind(os.WriteFile("none/file", nil, 0o644)))
	say("a directory", kind(os.WriteFile(".", nil, 0o644)))
}

func read(names []string) {
	for _, name := range names {
		content, err := os.ReadFile(name)
		say(name, len(content), kind(err))
		fmt.Printf("%.60q\n", content)
	}
}

func openModes([]string) {
	put("f", "content")
	for _, mode := range []struct {
		name string
		flag int
	}{
		{"O_EXCL on a file that is there", os.O_CREATE | os.O_EXCL | os.O_WRONLY},
		{"O_RDONLY", os.O_RDONLY},
		{"O_WRONLY", os.O_WRONLY},
		{"O_RDWR", os.O_RDWR},
		{"O_TRUNC", os.O_TRUNC | os.O_RDWR},
	} {
		f, err := os.OpenFile("f", mode.flag, 0o644)
		if err != nil {
			say(mode.name, kind(err))
			continue
		}
		n, readErr := f.Read(make([]byte, 3))
		m, writeErr := f.Write([]byte("W"))
		say(mode.name, n, kind(readErr), m, kind(writeErr), kind(f.Close()))
		fmt.Printf("%q\n", get("f"))
	}
	f, err := os.OpenFile("made", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	say("O_EXCL on a new file", kind(err), kind(f.Close()))
	_, err = os.OpenFile("absent", os.O_RDWR, 0)
	say("absent", kind(err))
	_, err = os.Open("f/below")
	say("below a file", kind(err))
}

func appendMode([]string) {
	put("log", "start\n")
	f, err := os.OpenFile("log", os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	must(err)
	g, err := os.OpenFile("log", os.O_APPEND|os.O_WRONLY, 0o644)
	must(err)
	for i := 0; i < 3; i++ {
		fmt.Fprintln(f, "f", i)
		fmt.Fprintln(g, "g", i)
	}
	_, err = f.WriteAt([]byte("x"), 0)
	say("WriteAt", err)
	must(f.Close())
	must(g.Close())
	fmt.Print(get("log"))
}

func seek([]string) {
	f, err := os.Create("s")
	must(err)
	fmt.Fprint(f, "0123456789")
	buffer := make([]byte, 3)
	for _, step := range []struct {
		offset int64
		whence int
	}{{0, io.SeekStart}, {-4, io.SeekEnd}, {-2, io.SeekCurrent}, {20, io.SeekStart}, {-100, io.SeekEnd}, {5, io.SeekEnd}, {1, 7}} {
		at, err := f.Seek(step.offset, step.whence)
		n, readErr := f.Read(buffer)
		fmt.Println(at, kind(err), n, kind(readErr), string(buffer[:n]))
	}
	f.Seek(15, io.SeekStart)
	f.Write([]byte("end"))
	f.Close()
	fmt.Printf("%q\n", get("s"))
}

func readWriteAt([]string) {
	f, err := os.Create("at")
	must(err)
	for i := 9; i >= 0; i-- {
		f.WriteAt([]byte{byte('a' + i), byte('A' + i)}, int64(2*i))
	}
	buffer := make([]byte, 6)
	n, err := f.ReadAt(buffer, 5)
	fmt.Println(n, err, string(buffer[:n]))
	n, err = f.ReadAt(buffer, 17)
	fmt.Println(n, err, string(buffer[:n]))
	_, err = f.ReadAt(buffer, -1)
	say("negative", err)
	at, err := f.Seek(0, io.SeekCurrent)
	fmt.Println("the position has not moved:", at, err)
	section := io.NewSectionReader(f, 2, 5)
	content, err := io.ReadAll(section)
	fmt.Println(string(content), err)
	must(f.Close())
}

func truncate([]string) {
	put("t", "0123456789")
	must(os.Truncate("t", 4))
	fmt.Printf("%q\n", get("t"))
	must(os.Truncate("t", 8))
	fmt.Printf("%q\n", get("t"))
	f, err := os.OpenFile("t", os.O_RDWR, 0)
	must(err)
	must(f.Truncate(2))
	info, err := f.Stat()
	must(err)
	fmt.Println(info.Size(), kind(f.Truncate(-1)))
	must(f.Close())
	say("absent", kind(os.Truncate("absent", 0)))
}

func chtimes([]string) {
	put("t", "x")
	must(os.Mkdir("d", 0o755))
	for _, name := range []string{"t", "d"} {
		for _, moment := range []time.Time{time.Unix(1e9, 123456789), time.Unix(0, 0), time.Unix(1<<33, 1)} {
			must(os.Chtimes(name, moment, moment))
			info, err := os.Stat(name)
			must(err)
			fmt.Println(name, info.ModTime().UTC())
		}
	}
	before := time.Now().Add(-time.Minute)
	put("now", "x")
	info, err := os.Stat("now")
	must(err)
	fmt.Println(info.ModTime().After(before), info.ModTime().Before(time.Now().Add(time.Minute)))
	say("absent", kind(os.Chtimes("absent", before, before)))
}

// stream reads the file in pieces and sums its 64-bit words.
func stream(args []string) {
	f, err := os.Open(args[0])
	must(err)
	buffer := make([]byte, 1<<20)
	var total int64
	var hash uint64
	for {
		n, err := io.ReadFull(f, buffer)
		total += int64(n)
		for i := 0; i+32 <= n; i += 32 {
			b := buffer[i : i+32]
			hash = hash*31 + binary.LittleEndian.Uint64(b) + 3*binary.LittleEndian.Uint64(b[8:]) +
				5*binary.LittleEndian.Uint64(b[16:]) + 7*binary.LittleEndian.Uint64(b[24:])
		}
		if err != nil {
			fmt.Println(err)
			break
		}
	}
	fmt.Printf("%d bytes, hash %x\n", total, hash)
	end, err := f.Seek(0, io.SeekEnd)
	fmt.Println(end, err)
}

func create(args []string) {
	for _, name := range args {
		say(name, kind(os.WriteFile(name, []byte("created\n"), 0o644)))
	}
}

func syncs([]string) {
	f, err := os.Create("synced")
	must(err)
	f.WriteString("text")
	fmt.Println(kind(f.Sync()), kind(f.Close()), kind(f.Sync()))
}

func closed([]string) {
	f, err := os.Create("c")
	must(err)
	must(f.Close())
	_, err = f.Write([]byte("x"))
	fmt.Println(kind(err), kind(f.Close()))
	_, err = f.Stat()
	fmt.Println(err != nil)
}

func manyOpen([]string) {
	var open []*os.File
	for i := 0; i < 300; i++ {
		f, err := os.Create(fmt.Sprintf("f%03d", i))
		must(err)
		open = append(open, f)
	}
	for i, f := range open {
		fmt.Fprint(f, i)
		if i%3 == 0 {
			must(f.Close())
		}
	}
	g, err := os.Open("f001")
	must(err)
	content, err := io.ReadAll(g)
	fmt.Println(string(content), err)
}
