//! Checks that the targets of links exist.
//!
//! A relative link leads to a file or directory inside of the tree, and its anchor to a
//! heading there, by GitHub's rule for anchors. Links to the web are checked for their form
//! only: the tests need no network.

use crate::markdown::parser;
use anyhow::{Result, bail, ensure};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

/// Checks the links of `document`, which lies below `root`.
///
/// # Errors
/// Names each link without a target, with its line.
pub fn check(root: &Path, document: &str) -> Result<()> {
    let text = fs::read_to_string(root.join(document))?;
    let mut failures = String::new();
    for (line, link) in links(&text) {
        if let Err(error) = follow(root, document, &text, &link) {
            failures += &format!("\n{document}:{line}: {link}: {error:#}");
        }
    }
    ensure!(failures.is_empty(), "links that lead nowhere:{failures}");
    Ok(())
}

/// The targets of links and images in `text`, with the numbers of their lines. If a link's
/// definition is missing, the target is `[its name]`.
pub fn links(text: &str) -> Vec<(usize, String)> {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let mut missing = Vec::new();
    let note = |link: pulldown_cmark::BrokenLink| {
        // `[x]` alone is more often text than a link.
        if matches!(link.link_type, LinkType::Reference | LinkType::Collapsed) {
            missing.push((line(link.span.start), format!("[{}]", link.reference)));
        }
        None
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let parser = Parser::new_with_broken_link_callback(text, options, Some(note));
    let mut links = Vec::new();
    for (event, range) in parser.into_offset_iter() {
        if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event {
            links.push((line(range.start), dest_url.into_string()));
        }
    }
    links.extend(missing);
    links
}

fn follow(root: &Path, document: &str, text: &str, link: &str) -> Result<()> {
    if link.starts_with('[') {
        bail!("a link without a definition");
    }
    if let Some((scheme, rest)) = link.split_once(':') {
        let is_web = matches!(scheme, "http" | "https") && {
            let host = rest
                .strip_prefix("//")
                .and_then(|rest| rest.split('/').next());
            host.is_some_and(|host| host.contains('.') || host.starts_with("localhost"))
        };
        ensure!(
            is_web && !link.contains(' '),
            "not the form of a link to the web"
        );
        return Ok(());
    }
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (link, None),
    };
    let target = if path.is_empty() {
        None
    } else {
        let target = resolve(document, path)?;
        ensure!(root.join(&target).exists(), "no such file");
        Some(target)
    };
    let Some(anchor) = anchor else {
        return Ok(());
    };
    let has_anchor = match target {
        None => anchors(text).contains(anchor),
        Some(target) => {
            ensure!(
                target.ends_with(".md"),
                "an anchor in a file that isn't *.md"
            );
            anchors(&fs::read_to_string(root.join(target))?).contains(anchor)
        }
    };
    ensure!(has_anchor, "no such heading");
    Ok(())
}

/// The path below the root that `link` of `document` means.
pub fn resolve(document: &str, link: &str) -> Result<String> {
    ensure!(!link.starts_with('/'), "an absolute path");
    let mut parts: Vec<_> = document.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => ensure!(parts.pop().is_some(), "leads out of the repository"),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// The anchors that GitHub gives the headings of `text`.
fn anchors(text: &str) -> HashSet<String> {
    let mut anchors = HashSet::new();
    let mut counts = HashMap::<String, usize>::new();
    let mut heading: Option<String> = None;
    for event in parser(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap_or_default());
                let count = counts.entry(slug.clone()).or_default();
                anchors.insert(match *count {
                    0 => slug,
                    n => format!("{slug}-{n}"),
                });
                *count += 1;
            }
            _ => {}
        }
    }
    anchors
}

/// GitHub's anchor of a heading: lower case, without punctuation, `-` for each space.
fn slug(heading: &str) -> String {
    let keep = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    let kept = heading.chars().filter(|&c| keep(c));
    kept.flat_map(char::to_lowercase)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

type Check = (&'static str, fn() -> Result<()>);

/// Tests of this file.
pub const CHECKS: &[Check] = &[
    ("anchors are GitHub's", || {
        for (heading, expected) in [
            ("What a program may do", "what-a-program-may-do"),
            ("`--dir-ro` & $HOME: a price?", "--dir-ro--home-a-price"),
            ("B_1, or C", "b_1-or-c"),
            ("Über", "über"),
        ] {
            ensure!(slug(heading) == expected, "{heading}: {}", slug(heading));
        }
        let anchors = anchors("# A `b` [c](d)\n\n## Twice\n\n## Twice\n");
        for anchor in ["a-b-c", "twice", "twice-1"] {
            ensure!(anchors.contains(anchor), "{anchor}: {anchors:?}");
        }
        ensure!(anchors.len() == 3, "{anchors:?}");
        Ok(())
    }),
    ("links that lead somewhere pass", || {
        let text = "# One\n[a](b/c.md#two) [d](b) ![e](b/c.md) [f](#one) <https://example.org/x>\n\
                    | [g](b/c.md) |\n|--|\n\n[h][i]\n\n[i]: b/c.md\n";
        tree(text)
    }),
    ("links that lead nowhere fail", || {
        for (link, message) in [
            ("[a](b/d.md)", "a.md:1: b/d.md: no such file"),
            ("[a](#two)", "no such heading"),
            ("[a](b/c.md#one)", "no such heading"),
            ("![a](x.svg)", "no such file"),
            ("[a](../x.md)", "leads out of the repository"),
            ("[a](/b/c.md)", "an absolute path"),
            ("[a](https:/example.org)", "not the form"),
            ("[a](https://)", "not the form"),
            ("[a](mailto:x)", "not the form"),
            ("[a][nowhere]", "without a definition"),
        ] {
            match tree(link) {
                Ok(()) => bail!("{link} passes"),
                Err(error) => ensure!(error.to_string().contains(message), "{link}: {error}"),
            }
        }
        Ok(())
    }),
];

/// Checks `a.md` with this text beside `b/c.md`, which has the heading "Two".
fn tree(text: &str) -> Result<()> {
    let root = tempfile::tempdir()?;
    fs::write(root.path().join("a.md"), text)?;
    fs::create_dir(root.path().join("b"))?;
    fs::write(root.path().join("b/c.md"), "## Two\n")?;
    check(root.path(), "a.md")
}
