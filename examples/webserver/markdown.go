package main

import (
	"html"
	"regexp"
	"strconv"
	"strings"
)

var (
	code     = regexp.MustCompile("`([^`]+)`")
	strong   = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	emphasis = regexp.MustCompile(`\*([^*]+)\*`)
	link     = regexp.MustCompile(`\[([^\]]+)\]\(((?:https?://|/|#)[^)\s]*|[\w.-]+)\)`)
)

// markdown makes HTML of the part of Markdown that notes need: headings, paragraphs,
// lists, fenced code, emphasis, and links. All of the text is escaped first, so that no
// tag of a page's author reaches the reader.
func markdown(text string) string {
	var out strings.Builder
	open := ""
	// to ends the block that is open and begins another one.
	to := func(tag string) {
		if open == tag {
			return
		}
		if open != "" {
			out.WriteString("</" + open + ">\n")
		}
		if tag != "" {
			out.WriteString("<" + tag + ">")
		}
		open = tag
	}
	for _, line := range strings.Split(text, "\n") {
		escaped := html.EscapeString(strings.TrimRight(line, " \r"))
		level := len(escaped) - len(strings.TrimLeft(escaped, "#"))
		switch {
		case strings.HasPrefix(line, "```"):
			if open == "pre" {
				to("")
			} else {
				to("pre")
			}
		case open == "pre":
			out.WriteString(escaped + "\n")
		case escaped == "":
			to("")
		case level >= 1 && level <= 6 && strings.HasPrefix(escaped[level:], " "):
			to("h" + strconv.Itoa(level))
			out.WriteString(inline(escaped[level+1:]))
			to("")
		case strings.HasPrefix(escaped, "- "):
			to("ul")
			out.WriteString("\n<li>" + inline(escaped[2:]) + "</li>")
		default:
			to("p")
			out.WriteString(inline(escaped) + "\n")
		}
	}
	to("")
	return out.String()
}

func inline(text string) string {
	text = code.ReplaceAllString(text, "<code>$1</code>")
	text = strong.ReplaceAllString(text, "<strong>$1</strong>")
	text = emphasis.ReplaceAllString(text, "<em>$1</em>")
	return link.ReplaceAllString(text, `<a href="$2">$1</a>`)
}
