package main

import (
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
)

var layout = template.Must(template.New("layout").Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body>
{{.Body}}
<p><small><a href="/">all pages</a> | <a href="/paste">leave a text</a></small></p>
</body>
</html>
`))

var index = template.Must(template.New("index").Parse(`<h1>Pages</h1>
<ul>
{{range .}}<li><a href="/{{.}}">{{.}}</a></li>
{{end}}</ul>`))

func show(w http.ResponseWriter, title string, body template.HTML) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	layout.Execute(w, map[string]any{"Title": title, "Body": body})
}

// pageHandler gives /NAME from NAME.md, other files as they are, and / a list of the pages.
func pageHandler(directory string) http.Handler {
	files := os.DirFS(directory)
	plain := http.FileServer(http.FS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if name == "" {
			list(w, files)
			return
		}
		text, err := fs.ReadFile(files, name+".md")
		if errors.Is(err, fs.ErrNotExist) {
			plain.ServeHTTP(w, r)
			return
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		show(w, name, template.HTML(markdown(string(text))))
	})
}

func list(w http.ResponseWriter, files fs.FS) {
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	for i := range names {
		names[i] = strings.TrimSuffix(names[i], ".md")
	}
	var body strings.Builder
	if err := index.Execute(&body, names); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	show(w, "Pages", template.HTML(body.String()))
}
