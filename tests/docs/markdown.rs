//! How a document is written.
//!
//! - Commands stand in fenced blocks with the info string `console`. A line that begins
//!   with `$ ` is a command; one that ends in `\` goes on in the next line. The lines up to
//!   the next command are its expected output, standard output and standard error
//!   together; [`crate::align`] says what `...` and `[..]` mean there.
//! - `console no-run (REASON)` marks commands that are only shown.
//! - A fenced block with an info string like `go counter.go` is a file: it is written
//!   before the next command runs.
//! - Any other fenced block has a language and holds no line that begins with `$ `.
//! - Indented blocks, and shells as languages, are errors, so that no command escapes the
//!   tests.

use anyhow::{Context, Result, bail, ensure};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;
use std::path::{Component, Path};

/// What a session does for a block of a document, in the document's order.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    Write { path: String, text: String },
    Run(Command),
    Show { commands: usize, reason: String },
}

#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// The number of its first line in the document, from 1.
    pub line: usize,
    /// Without `$ `; several lines if it is continued.
    pub script: String,
    pub output: Vec<String>,
    /// Where `output` stands in the document: indices of lines, from 0.
    pub lines: Range<usize>,
    /// The text before each line of the block, such as a list's indentation.
    pub margin: String,
}

/// The parser for all documents: Markdown as GitHub shows it, as far as blocks and links
/// depend on it.
pub fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES)
}

/// The actions of the document `text`.
///
/// # Errors
/// Names the line that isn't written as the module says.
pub fn actions(text: &str) -> Result<Vec<Action>> {
    let lines: Vec<_> = text.lines().collect();
    let mut actions = Vec::new();
    let mut block: Option<(CodeBlockKind, usize, String)> = None;
    for (event, range) in parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let line = text[..range.start].matches('\n').count();
                block = Some((kind, line, String::new()));
            }
            Event::Text(part) => {
                if let Some((_, _, content)) = &mut block {
                    content.push_str(&part);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let (kind, line, content) = block.take().expect("BUG: a block ends unopened");
                read_block(&kind, lines[line], line, &content, &mut actions)
                    .with_context(|| format!("line {}", line + 1))?;
            }
            _ => {}
        }
    }
    Ok(actions)
}

/// `fence` is the block's first line, at index `line` of the document.
fn read_block(
    kind: &CodeBlockKind,
    fence: &str,
    line: usize,
    content: &str,
    actions: &mut Vec<Action>,
) -> Result<()> {
    let CodeBlockKind::Fenced(info) = kind else {
        bail!("an indented block; use a fence (```console for commands)");
    };
    let (language, rest) = info.split_once(' ').unwrap_or((info, ""));
    match (language, rest.trim()) {
        ("console", "") => {
            let commands = commands(content, line + 1, &margin(fence))?;
            actions.extend(commands.into_iter().map(Action::Run));
        }
        ("console", rest) => {
            let reason = rest.strip_prefix("no-run (");
            let reason = reason.and_then(|rest| rest.strip_suffix(')'));
            let reason = reason.filter(|reason| !reason.trim().is_empty());
            let reason = reason.with_context(|| format!("{rest:?} isn't `no-run (REASON)`"))?;
            actions.push(Action::Show {
                commands: commands(content, line + 1, "")?.len(),
                reason: reason.to_owned(),
            });
        }
        ("", _) => bail!("a block without a language; write console, text or another one"),
        ("sh" | "bash" | "shell" | "zsh" | "shell-session" | "shellsession", _) => {
            bail!("a ```{language} block; commands stand in ```console blocks, with `$ `")
        }
        (_, path) => {
            ensure!(
                !content.lines().any(|line| line.starts_with("$ ")),
                "a command in a ```{language} block; use ```console"
            );
            if !path.is_empty() {
                check_path(path)?;
                let (path, text) = (path.to_owned(), content.to_owned());
                actions.push(Action::Write { path, text });
            }
        }
    }
    Ok(())
}

/// The text before the lines of the block whose first line is `fence`.
fn margin(fence: &str) -> String {
    let before = fence.split(['`', '~']).next().unwrap_or_default();
    // The marker of a list's item stands only before its first line.
    let keep = |c| if c == '>' { c } else { ' ' };
    before.chars().map(keep).collect()
}

/// The commands of a `console` block, whose content begins at index `first` of the
/// document's lines.
fn commands(content: &str, first: usize, margin: &str) -> Result<Vec<Command>> {
    let mut commands: Vec<Command> = Vec::new();
    let mut continued = false;
    for (index, line) in content.lines().enumerate() {
        let index = first + index;
        if continued {
            let command = commands.last_mut().expect("BUG: continues nothing");
            command.script.push('\n');
            command.script.push_str(line);
            command.lines = index + 1..index + 1;
            continued = line.ends_with('\\');
        } else if let Some(script) = line.strip_prefix("$ ") {
            commands.push(Command {
                line: index + 1,
                script: script.to_owned(),
                output: Vec::new(),
                lines: index + 1..index + 1,
                margin: margin.to_owned(),
            });
            continued = script.ends_with('\\');
        } else {
            let command = commands.last_mut();
            let command = command.context("output before the first command (`$ ...`)")?;
            // The session gives lines without trailing spaces, too.
            command.output.push(line.trim_end().to_owned());
            command.lines.end = index + 1;
        }
    }
    ensure!(!commands.is_empty(), "a console block without a command");
    ensure!(!continued, "the last command ends in `\\`");
    Ok(commands)
}

/// A file of a document lies in the session's directory.
fn check_path(path: &str) -> Result<()> {
    let inside = |c| matches!(c, Component::Normal(_));
    ensure!(
        Path::new(path).components().all(inside) && !path.contains(' '),
        "{path:?} isn't the name of a file in the session's directory"
    );
    Ok(())
}

type Check = (&'static str, fn() -> Result<()>);

/// Tests of this file.
pub const CHECKS: &[Check] = &[
    ("commands and their output", || {
        let text = "# T\n\n```console\n$ a \\\n  b\nout\n\nmore\n$ c\n```\n";
        let command = |line, script: &str, output: &[&str], lines| {
            Action::Run(Command {
                line,
                script: script.into(),
                output: output.iter().map(ToString::to_string).collect(),
                lines,
                margin: String::new(),
            })
        };
        let expected = [
            command(4, "a \\\n  b", &["out", "", "more"], 5..8),
            command(9, "c", &[], 9..9),
        ];
        gives(text, &expected)
    }),
    ("a block in a list has a margin", || {
        let actions = actions("1. Do\n\n   ```console\n   $ a\n   b\n   ```\n")?;
        let [Action::Run(command)] = &actions[..] else {
            bail!("{actions:?}");
        };
        ensure!(
            command.output == ["b"] && command.margin == "   ",
            "{actions:?}"
        );
        Ok(())
    }),
    ("files, and what is only shown", || {
        let text = "```go a/b.go\npackage b\n```\n```console no-run (needs gdb)\n$ gdb\n```\n\
                    ```toml\nx = 1\n```\n";
        let file = Action::Write {
            path: "a/b.go".into(),
            text: "package b\n".into(),
        };
        let shown = Action::Show {
            commands: 1,
            reason: "needs gdb".into(),
        };
        gives(text, &[file, shown])
    }),
    ("no command escapes", || {
        refuses("    $ indented\n", "line 1: an indented block")?;
        refuses("x\n\n```sh\nls\n```\n", "line 3: a ```sh block")?;
        refuses("```bash\nls\n```\n", "a ```bash block")?;
        refuses("```text\n$ ls\n```\n", "a command in a ```text block")?;
        refuses("```\n$ ls\n```\n", "without a language")?;
        refuses("```console no-run\n$ ls\n```\n", "isn't `no-run (REASON)`")?;
        refuses(
            "```console no-run ( )\n$ ls\n```\n",
            "isn't `no-run (REASON)`",
        )?;
        refuses("```console later\n$ ls\n```\n", "isn't `no-run (REASON)`")?;
        refuses("```console\nls\n```\n", "output before the first command")?;
        refuses("```console\n```\n", "without a command")?;
        refuses("```console\n$ ls \\\n```\n", "ends in `\\`")?;
        refuses("```go ../a.go\n```\n", "isn't the name of a file")?;
        refuses("```go /a.go\n```\n", "isn't the name of a file")
    }),
];

fn gives(text: &str, expected: &[Action]) -> Result<()> {
    let actions = actions(text)?;
    ensure!(actions == expected, "{actions:#?}");
    Ok(())
}

fn refuses(text: &str, message: &str) -> Result<()> {
    match actions(text) {
        Ok(actions) => bail!("{text:?} gives {actions:?}"),
        Err(error) => {
            let error = format!("{error:#}");
            ensure!(error.contains(message), "{text:?}: {error}");
            Ok(())
        }
    }
}
