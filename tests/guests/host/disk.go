package main

import (
	"fmt"
	"io"
	"os"
)

// fill writes until the disk is full. The file must have every byte that a write reports.
func fill([]string) {
	f, err := os.Create("f")
	must(err)
	total, chunk := 0, []byte(numbered(10_000))
	for err == nil && total < 1<<30 {
		var n int
		n, err = f.Write(chunk)
		total += n
	}
	info, statErr := f.Stat()
	must(statErr)
	fmt.Println("write", kind(err), int64(total) == info.Size(), total > 500_000)
	_, err = f.WriteAt(chunk, 5_000_000)
	fmt.Println("WriteAt", kind(err))
	fmt.Println("Truncate", kind(f.Truncate(100_000_000)), "Sync", kind(f.Sync()), "Close", kind(f.Close()))
	for i := 0; err == nil || i < 100; i++ {
		if err = os.Mkdir(fmt.Sprint("d", i), 0o755); err != nil {
			fmt.Println("Mkdir", i > 2, kind(err))
			break
		}
	}
	_, err = os.Create("g")
	fmt.Println("Create", kind(err))
	fmt.Println("Symlink", kind(os.Symlink("f", "l")))
	fmt.Println("Rename", kind(os.Rename("f", "h")))
	must(os.Truncate("h", 0))
	fmt.Println("WriteFile", kind(os.WriteFile("h", chunk, 0o644)))
}

// limit writes more than the process may (ulimit -f).
func limit([]string) {
	f, err := os.Create("f")
	must(err)
	n, err := f.WriteString(numbered(100_000))
	fmt.Println(n, kind(err))
	_, err = f.WriteAt([]byte("x"), 1<<20)
	fmt.Println(kind(err), kind(f.Truncate(1<<20)))
	info, err := f.Stat()
	must(err)
	fmt.Println(info.Size())
}

// big uses offsets that need more than 32 bits.
func big([]string) {
	f, err := os.Create("big")
	must(err)
	for _, base := range []int64{1 << 32, 1 << 40} {
		at, err := f.Seek(base-3, io.SeekStart)
		fmt.Println("Seek", at, kind(err))
		n, err := f.WriteString("across")
		fmt.Println("Write", n, kind(err))
		n, err = f.WriteAt([]byte("there"), base+100)
		fmt.Println("WriteAt", n, kind(err))
		buf := make([]byte, 6)
		n, err = f.ReadAt(buf, base-3)
		fmt.Printf("ReadAt %d %q %s\n", n, buf, kind(err))
		at, err = f.Seek(-3, io.SeekCurrent)
		fmt.Println("Seek", at, kind(err))
		n, err = f.Read(buf)
		fmt.Printf("Read %d %q %s\n", n, buf[:n], kind(err))
		size("Stat", f)
		at, err = f.Seek(0, io.SeekEnd)
		fmt.Println("Seek", at, kind(err))
		fmt.Println("Truncate", kind(f.Truncate(base+2)))
		size("Stat", f)
		fmt.Println("Truncate", kind(f.Truncate(base+7)))
		n, err = f.ReadAt(buf, base+1)
		fmt.Printf("ReadAt %d %q %v\n", n, buf, err)
		info, err := os.Stat("big")
		must(err)
		fmt.Println("os.Stat", info.Size())
	}
	_, err = f.Seek(-1, io.SeekStart)
	fmt.Println("Seek", kind(err))
	must(f.Close())
	must(os.Remove("big"))
}

func size(what string, f *os.File) {
	info, err := f.Stat()
	must(err)
	fmt.Println(what, info.Size())
}
