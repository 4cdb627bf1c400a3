//! qtc, which generates Go code from templates.

use crate::program::{Program, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/valyala/quicktemplate/qtc@v1.8.0",
    since: "1.21",
    grants: &["--dir", "."],
    mixes_stderr: false,
    uses: [
        Use {
            name: "a file",
            files: &[("views/hello.qtpl", HELLO)],
            args: &["-file", "views/hello.qtpl"],
            says: &["Compiling"],
            ..USE
        },
        Use {
            name: "a tree",
            files: &[
                ("v/a.qtpl", HELLO),
                (
                    "v/deep/b.qtpl",
                    "{% func B(n int) %}{%d n %}{% endfunc %}\n",
                ),
                ("v/deep/er/c.qtpl", "{% func C() %}{% endfunc %}\n"),
                ("v/deep/other.txt", "{% nothing"),
            ],
            args: &["-dir", "v"],
            says: &["Total files compiled: 3"],
            ..USE
        },
        Use {
            name: "without comments for lines",
            files: &[("v/hello.qtpl", HELLO)],
            args: &["-skipLineComments", "-file", "v/hello.qtpl"],
            says: &["hello.qtpl.go"],
            ..USE
        },
        Use {
            name: "another suffix",
            files: &[("v/x.html", HELLO), ("v/y.qtpl", "{% func Y() %}")],
            args: &["-ext", "html", "-dir", "v"],
            says: &["Total files compiled: 1"],
            ..USE
        },
        Use {
            name: "conditions, loops and switches",
            files: &[("v/flow.qtpl", FLOW)],
            args: &["-dir=v"],
            says: &["Total files compiled: 1"],
            ..USE
        },
        Use {
            name: "interfaces and inheritance",
            files: &[("v/page.qtpl", PAGE)],
            args: &["-file=v/page.qtpl"],
            says: &["page.qtpl"],
            ..USE
        },
        Use {
            name: "code and plain text",
            files: &[("v/code.qtpl", CODE), ("v/part.html", "<b>é</b>\n")],
            args: &["-file", "v/code.qtpl"],
            says: &["code.qtpl"],
            ..USE
        },
        Use {
            name: "a tag that doesn't end",
            files: &[(
                "v/bad.qtpl",
                "{% func F() %}\nx {% if a %} y\n{% endfunc %}\n",
            )],
            args: &["-file", "v/bad.qtpl"],
            code: 1,
            says: &["error when parsing file"],
            ..USE
        },
        Use {
            name: "a mistake in Go code",
            files: &[("v/bad.qtpl", "{% func F() %}\n{%d 1 + %}\n{% endfunc %}\n")],
            args: &["-file", "v/bad.qtpl"],
            code: 1,
            says: &["error"],
            ..USE
        },
        Use {
            name: "a file that isn't there",
            args: &["-file", "missing.qtpl"],
            code: 1,
            says: &["cannot stat file"],
            ..USE
        },
    ],
};

const HELLO: &str = "Greets.

{% import \"fmt\" %}

{% func Hello(name string, n int) %}
  <p class=\"a\">Hello, {%s name %}! {%d n %} {%f 1.5 %} {%q name %} {%u name %}</p>
  {%s= fmt.Sprint(n) %}
{% endfunc %}
";

const FLOW: &str = "{% func Flow(xs []string, k int) %}
  {% if len(xs) == 0 %}
    none
  {% elseif k > 3 %}
    many
  {% else %}
    {% for i, x := range xs %}
      {% if i > 2 %}{% break %}{% endif %}
      {% stripspace %}
        <li>
          {%s x %}
        </li>
      {% endstripspace %}
    {% endfor %}
  {% endif %}
  {% switch k %}
  {% case 1, 2 %}
    few
  {% default %}
    {% return %}
  {% endswitch %}
{% endfunc %}
";

const PAGE: &str = "{% interface
Page {
  Title()
  Body(s string)
}
%}

{% func Render(p Page) %}
  <title>{%= p.Title() %}</title>{%= p.Body(\"x\") %}
{% endfunc %}

{% code type Base struct{ N int } %}
{% func (b *Base) Title() %}base {%d b.N %}{% endfunc %}
{% func (b *Base) Body(s string) %}{%s s %}{%z []byte(s) %}{% endfunc %}
";

const CODE: &str = "{% code
type pair struct {
  a, b   int
}
func sum(p pair) int { return p.a+p.b }
%}
{% func Pair(p pair) %}
  {% code total := sum(p) %}
  {% plain %}{% not a tag %}{% endplain %}
  {% comment %} nobody sees this {% endcomment %}
  {%d total %}{% space %}{% newline %}{% cat \"part.html\" %}
  {% collapsespace %}
    a    b
  {% endcollapsespace %}
{% endfunc %}
";
