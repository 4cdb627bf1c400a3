// Clients of the guest server, built for this machine: client SCENARIO ADDRESS...
// A scenario that goes as it should ends with exit 0.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
)

func main() {
	scenarios := map[string]func(addresses []string) error{
		"requests":  requests,
		"leaving":   leaving,
		"waiting":   waiting,
		"listeners": listeners,
		"files":     files,
		"stalling":  stalling,
		"echo":      func(addresses []string) error { return echo(fresh(), addresses[0], 0) },
	}
	if err := scenarios[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, os.Args[1], err)
		os.Exit(1)
	}
}

// fresh returns a client with its own connections, which stay open between requests.
func fresh() *http.Client {
	return &http.Client{Transport: &http.Transport{}}
}

// get returns the body at address/path.
func get(address, path string) (string, error) {
	response, err := fresh().Get("http://" + address + path)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, body)
	}
	return string(body), err
}

// expect checks that the body at address/path is want.
func expect(address, path, want string) error {
	got, err := get(address, path)
	if err == nil && got != want {
		err = fmt.Errorf("%s%s: %q, not %q", address, path, got, want)
	}
	return err
}

// echo sends a body that depends on number, and checks that the answer is the same.
func echo(client *http.Client, address string, number int) error {
	body := make([]byte, number*number%100_000)
	rand.New(rand.NewSource(int64(number))).Read(body)
	response, err := client.Post("http://"+address+"/echo", "", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && !bytes.Equal(answer, body) {
		err = fmt.Errorf("request %d: %d bytes came back other than %d", number, len(answer), len(body))
	}
	return err
}

// watched counts the times that the other side has ended a connection.
type watched struct {
	net.Conn
	ended *atomic.Int64
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil && !errors.Is(err, net.ErrClosed) {
		w.ended.Add(1)
	}
	return n, err
}

// requests makes 1,000 over 50 connections that are all open at once and that the
// server keeps. The client replaces one now and then, when its own sending goroutine
// gets no turn for 50 ms (net/http, maxWriteWaitBeforeConnReuse).
func requests(addresses []string) error {
	const connections, each = 50, 20
	var ended atomic.Int64
	var all sync.WaitGroup
	var open sync.WaitGroup
	open.Add(connections)
	failures := make(chan error, connections*each)
	for c := 0; c < connections; c++ {
		all.Add(1)
		go func(c int) {
			defer all.Done()
			client := &http.Client{Transport: &http.Transport{
				DialContext: func(_ context.Context, network, address string) (net.Conn, error) {
					connection, err := net.Dial(network, address)
					return watched{connection, &ended}, err
				},
			}}
			for i := 0; i < each; i++ {
				if err := echo(client, addresses[0], c*each+i); err != nil {
					failures <- err
				}
				if i == 0 {
					open.Done()
					open.Wait()
				}
			}
		}(c)
	}
	all.Wait()
	if n := len(failures); n > 0 {
		return fmt.Errorf("%d requests failed, first %w", n, <-failures)
	}
	if n := ended.Load(); n > 0 {
		return fmt.Errorf("the server has ended %d connections", n)
	}
	return nil
}

// ask sends a request for a large body and reads the beginning of the response.
func ask(address string) (net.Conn, error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(connection, "GET /large HTTP/1.1\r\nHost: %s\r\n\r\n", address)
	_, err = io.ReadFull(connection, make([]byte, 1000))
	return connection, err
}

// leaving disconnects in the middle of responses, with a reset and without.
func leaving(addresses []string) error {
	for linger := -1; linger <= 0; linger++ {
		connection, err := ask(addresses[0])
		if err != nil {
			return err
		}
		connection.(*net.TCPConn).SetLinger(linger)
		connection.Close()
	}
	body, err := get(addresses[0], "/broken?n=2")
	if err != nil {
		return err
	}
	for _, text := range strings.Split(strings.TrimSpace(body), "\n") {
		if !strings.HasSuffix(text, "Broken pipe") && !strings.HasSuffix(text, "Connection reset by peer") {
			return fmt.Errorf("the server saw %q", body)
		}
	}
	return echo(fresh(), addresses[0], 1)
}

// waiting leaves a request half sent while the server's timers must go on.
func waiting(addresses []string) error {
	connection, err := net.Dial("tcp", addresses[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(connection, "GET /listener HTTP/1.1\r\nHost:")
	if err := expect(addresses[0], "/await?n=20", "awaited 20\n"); err != nil {
		return err
	}
	fmt.Fprintf(connection, " %s\r\n\r\n", addresses[0])
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(response.Body)
	if string(body) != "listener 0\n" {
		return fmt.Errorf("%q %v", body, err)
	}
	return err
}

// listeners asks each address for the listener behind it.
func listeners(addresses []string) error {
	for i, address := range addresses {
		if err := expect(address, "/listener", fmt.Sprintln("listener", i)); err != nil {
			return err
		}
	}
	return nil
}

// files asks for a file that the server may read, and for a file that it may not read.
func files(addresses []string) error {
	if err := expect(addresses[0], "/file?name=note", "a note\n"); err != nil {
		return err
	}
	body, err := get(addresses[0], "/file?name=/etc/passwd")
	if err == nil {
		return fmt.Errorf("/etc/passwd was read: %q", body)
	}
	return nil
}

// stalling asks for large bodies on a dozen connections and doesn't read them.
func stalling(addresses []string) error {
	for i := 0; i < 12; i++ {
		connection, err := ask(addresses[0])
		if err != nil {
			return err
		}
		defer connection.Close()
	}
	return expect(addresses[0], "/await?n=300", "awaited 300\n")
}
