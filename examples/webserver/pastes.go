package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const maxPaste = 64 << 10

var pasteName = regexp.MustCompile(`^[0-9a-f]{16}$`)

const form = `<h1>Leave a text</h1>
<form method="post"><textarea name="text" rows="12" cols="80"></textarea><br><button>Keep</button></form>`

// pasteHandler keeps a text that is posted to /paste, and gives it back as /paste/NAME.
func pasteHandler(directory string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, isPaste := strings.CutPrefix(r.URL.Path, "/paste/")
		switch {
		case isPaste && r.Method == http.MethodGet:
			read(w, directory, name)
		case !isPaste && r.Method == http.MethodGet:
			show(w, "Leave a text", template.HTML(form))
		case !isPaste && r.Method == http.MethodPost:
			keep(w, r, directory)
		default:
			http.Error(w, "GET or POST /paste, GET /paste/NAME", http.StatusMethodNotAllowed)
		}
	})
}

func read(w http.ResponseWriter, directory, name string) {
	if !pasteName.MatchString(name) {
		http.Error(w, "no such paste", http.StatusNotFound)
		return
	}
	text, err := os.ReadFile(filepath.Join(directory, name))
	if errors.Is(err, fs.ErrNotExist) {
		http.Error(w, "no such paste", http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(text)
}

// keep writes the field "text" of a form, or the whole body of any other request.
func keep(w http.ResponseWriter, r *http.Request, directory string) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPaste))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	if form, err := url.ParseQuery(string(text)); err == nil && form.Get("text") != "" {
		text = []byte(form.Get("text"))
	}
	if len(text) == 0 {
		http.Error(w, "an empty text", http.StatusBadRequest)
		return
	}
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	name := hex.EncodeToString(id[:])
	if err := os.WriteFile(filepath.Join(directory, name), text, 0o644); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Location", "/paste/"+name)
	w.WriteHeader(http.StatusSeeOther)
	fmt.Fprintf(w, "/paste/%s\n", name)
}
