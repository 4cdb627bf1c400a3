package main

import (
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"# A `b`\n\nc *d*\ne":       "<h1>A <code>b</code></h1>\n<p>c <em>d</em>\ne\n</p>\n",
		"- a\n- **b**":              "<ul>\n<li>a</li>\n<li><strong>b</strong></li></ul>\n",
		"```\n<b>\n```":             "<pre>&lt;b&gt;\n</pre>\n",
		"[a](/b) [c](javascript:d)": "<p><a href=\"/b\">a</a> [c](javascript:d)\n</p>\n",
	} {
		if got := markdown(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestHandler(t *testing.T) {
	pages, pastes := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(pages, "a.md"), []byte("# A"), 0o644); err != nil {
		t.Fatal(err)
	}
	handler := handler(pages, pastes)
	ask := func(method, path, body string) (int, string, string) {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
		text, _ := io.ReadAll(recorder.Body)
		return recorder.Code, string(text), recorder.Header().Get("Location")
	}
	for path, want := range map[string]string{"/": `<a href="/a">`, "/a": "<h1>A</h1>", "/a.md": "# A"} {
		if code, text, _ := ask("GET", path, ""); code != 200 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", path, code, text)
		}
	}
	for _, path := range []string{"/b", "/paste/x", "/paste/0123456789abcdef"} {
		if code, text, _ := ask("GET", path, ""); code != 404 {
			t.Errorf("%s: %d %s", path, code, text)
		}
	}
	code, _, location := ask("POST", "/paste", "text")
	if code != 303 {
		t.Fatalf("POST: %d", code)
	}
	if code, text, _ := ask("GET", location, ""); code != 200 || text != "text" {
		t.Errorf("%s: %d %q", location, code, text)
	}
	if code, _, _ := ask("POST", "/paste", strings.Repeat("x", maxPaste+1)); code != 413 {
		t.Errorf("a large paste: %d", code)
	}
}
