// An HTTP server on the listeners that it is started with: descriptor 3 and up, as
// many as LISTEN_FDS says. It ends when its standard input does.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Ticks of a goroutine that waits a millisecond each time.
var ticks atomic.Int64

// Requests to /echo that were answered.
var echoed atomic.Int64

// Errors that cut off a response.
var broken struct {
	sync.Mutex
	errors []string
}

func main() {
	go func() {
		for {
			time.Sleep(time.Millisecond)
			ticks.Add(1)
		}
	}()
	count, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for i := 0; i < count; i++ {
		listener, err := net.FileListener(os.NewFile(uintptr(3+i), ""))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go func(i int) {
			fmt.Fprintln(os.Stderr, http.Serve(listener, handler(i)))
			os.Exit(1)
		}(i)
	}
	// Nobody has connected yet: timers must run while Accept waits.
	await(20)
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	fmt.Println("answered", echoed.Load())
}

// await returns after n ticks.
func await(n int64) {
	for end := ticks.Load() + n; ticks.Load() < end; {
		time.Sleep(time.Millisecond)
	}
}

func handler(listener int) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		echoed.Add(1)
		w.Write(body)
	})
	mux.HandleFunc("/large", large)
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("n"))
		fmt.Fprintln(w, strings.Join(brokenAfter(n), "\n"))
	})
	mux.HandleFunc("/await", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.ParseInt(r.FormValue("n"), 10, 64)
		await(n)
		fmt.Fprintln(w, "awaited", n)
	})
	mux.HandleFunc("/listener", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "listener", listener)
	})
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		content, err := os.ReadFile(r.FormValue("name"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		w.Write(content)
	})
	return mux
}

// large sends 256 MiB, more than sockets buffer, or stops when the client is gone.
func large(w http.ResponseWriter, r *http.Request) {
	for block, i := make([]byte, 1<<16), 0; i < 1<<12; i++ {
		if _, err := w.Write(block); err != nil {
			broken.Lock()
			broken.errors = append(broken.errors, err.Error())
			broken.Unlock()
			return
		}
	}
}

// brokenAfter waits until there are n errors, and returns them.
func brokenAfter(n int) []string {
	for {
		broken.Lock()
		errors := broken.errors
		broken.Unlock()
		if len(errors) >= n {
			return errors
		}
		time.Sleep(time.Millisecond)
	}
}
