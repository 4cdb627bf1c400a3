// Webserver serves pages written in Markdown, other files beside them, and pastes: text
// that a visitor leaves under a link.
//
// Below wasi-aot, or systemd, it takes the listening socket that it is given as descriptor
// 3. Anywhere else it listens at -addr.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen if no socket is given")
	pages := flag.String("pages", "pages", "the directory with the pages")
	pastes := flag.String("pastes", "pastes", "the directory for the pastes")
	flag.Parse()
	log.SetFlags(0)

	listener, err := listen(*addr)
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{
		Handler:           handler(*pages, *pastes),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
	}
	stopped := stopOnSignal(&server)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	<-stopped
	log.Print("all requests are answered")
}

// stopOnSignal lets the server answer what it has begun when SIGINT or SIGTERM comes, and take
// nothing new. The channel is closed when all is answered.
func stopOnSignal(server *http.Server) <-chan struct{} {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	stopped := make(chan struct{})
	go func() {
		<-ctx.Done()
		if err := server.Shutdown(context.Background()); err != nil {
			log.Print(err)
		}
		close(stopped)
	}()
	return stopped
}

func listen(addr string) (net.Listener, error) {
	if os.Getenv("LISTEN_FDS") == "" {
		return net.Listen("tcp", addr)
	}
	return net.FileListener(os.NewFile(3, "listener"))
}

func handler(pages, pastes string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", pageHandler(pages))
	mux.Handle("/paste", pasteHandler(pastes))
	mux.Handle("/paste/", pasteHandler(pastes))
	return mux
}
