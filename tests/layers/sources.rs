//! The modules of a crate and the arrows between them, read from the crate's sources.
//!
//! Only code that ships counts: modules, `use`s and items under `#[cfg(test)]` are left out.
//! An arrow goes from the top-level module that names a path to the top-level module that
//! the path begins with: `crate::a::b`, `super::a` and groups like `crate::{a, b::c}`.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The name under which paths to items of the crate's root are listed.
pub const ROOT: &str = "(root)";

/// Top-level module -> the top-level modules that its code names.
pub type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The arrows of the crate whose root file is `root`.
pub fn arrows(root: &Path) -> Arrows {
    let mut reader = Reader {
        arrows: Arrows::new(),
        top: top_level_modules(root),
    };
    let directory = root.parent().expect("a root file lies in a directory");
    reader.file(root, directory, &mut Vec::new());
    reader.arrows
}

fn top_level_modules(root: &Path) -> BTreeSet<String> {
    items(parse(root))
        .filter_map(|item| item.module())
        .map(|(name, _)| name)
        .collect()
}

struct Reader {
    arrows: Arrows,
    top: BTreeSet<String>,
}

impl Reader {
    /// Reads a file. `directory` is where the files of its `mod NAME;` lie, `path` the module
    /// that it is.
    fn file(&mut self, file: &Path, directory: &Path, path: &mut Vec<String>) {
        self.tokens(parse(file), directory, path);
    }

    fn tokens(&mut self, tokens: TokenStream, directory: &Path, path: &mut Vec<String>) {
        for item in items(tokens) {
            let Some((name, body)) = item.module() else {
                self.paths(&item.tokens, path);
                continue;
            };
            let inner = directory.join(&name);
            path.push(name.clone());
            if let Some(top) = path.first() {
                self.arrows.entry(top.clone()).or_default();
            }
            match body {
                Some(body) => self.tokens(body.stream(), &inner, path),
                None if item.files.is_empty() => {
                    self.file(&file_of(directory, &name), &inner, path)
                }
                None => {
                    for file in &item.files {
                        self.file(&directory.join(file), &inner, path);
                    }
                }
            }
            path.pop();
        }
    }

    /// Collects the first names of the paths in `tokens`.
    fn paths(&mut self, tokens: &[TokenTree], here: &[String]) {
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => {
                    self.paths(&group.stream().into_iter().collect::<Vec<_>>(), here);
                }
                TokenTree::Ident(word) if word == "crate" && is_colons(&tokens[at + 1..]) => {
                    at += 3;
                    self.heads(tokens.get(at), &[], here);
                }
                TokenTree::Ident(word) if word == "super" && is_colons(&tokens[at + 1..]) => {
                    let mut module = &here[..here.len().saturating_sub(1)];
                    at += 3;
                    while matches!(&tokens[at], TokenTree::Ident(word) if word == "super") {
                        module = &module[..module.len().saturating_sub(1)];
                        at += 3;
                    }
                    self.heads(tokens.get(at), module, here);
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Adds the arrows of a path inside `module` that goes on with `next`: a name, or a group
    /// of paths in braces.
    fn heads(&mut self, next: Option<&TokenTree>, module: &[String], here: &[String]) {
        let names = match next {
            Some(TokenTree::Ident(name)) => vec![name.to_string()],
            Some(TokenTree::Group(group)) => group_heads(group),
            _ => return,
        };
        for name in names {
            let head = module.first().cloned().unwrap_or(name);
            let head = if self.top.contains(&head) {
                head
            } else {
                ROOT.to_owned()
            };
            let from = here.first().cloned().unwrap_or_else(|| ROOT.to_owned());
            if head != from {
                self.arrows.entry(from).or_default().insert(head);
            }
        }
    }
}

/// The first names of the paths in `{a::b, c, d::{e, f}}`.
fn group_heads(group: &Group) -> Vec<String> {
    let tokens: Vec<_> = group.stream().into_iter().collect();
    tokens
        .split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','))
        .filter_map(|path| match path.first() {
            Some(TokenTree::Ident(name)) => Some(name.to_string()),
            _ => None,
        })
        .collect()
}

fn is_colons(tokens: &[TokenTree]) -> bool {
    let colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(0) && colon(1)
}

/// One item of a file. Items for tests are left out.
struct Item {
    /// Without attributes.
    tokens: Vec<TokenTree>,
    /// The files that `#[path = "..."]` names, for all configurations.
    files: Vec<String>,
}

impl Item {
    /// Name and body of `mod NAME { ... }`; no body for `mod NAME;`.
    fn module(&self) -> Option<(String, Option<Group>)> {
        let at = self
            .tokens
            .iter()
            .position(|token| matches!(token, TokenTree::Ident(word) if word == "mod"))?;
        // Only visibility stands before `mod`.
        let visible = self.tokens[..at].iter().all(|token| match token {
            TokenTree::Ident(word) => word == "pub",
            TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
            _ => false,
        });
        let (TokenTree::Ident(name), true) = (self.tokens.get(at + 1)?, visible) else {
            return None;
        };
        let body = match self.tokens.get(at + 2) {
            Some(TokenTree::Group(group)) => Some(group.clone()),
            _ => None,
        };
        Some((name.to_string(), body))
    }
}

/// Splits a file or a module's body into items: each ends at `;` or at a body in braces.
fn items(tokens: TokenStream) -> impl Iterator<Item = Item> {
    let mut items = Vec::new();
    let (mut current, mut files, mut for_tests) = (Vec::new(), Vec::new(), false);
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        if current.is_empty() && is_hash {
            // `#![...]` has a `!` in between.
            if matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!') {
                tokens.next();
            }
            let attribute = tokens
                .next()
                .expect("an attribute has brackets")
                .to_string();
            for_tests |= is_for_tests(&attribute);
            files.extend(path_of(&attribute));
            continue;
        }
        let is_use = matches!(current.iter().find(|t| is_keyword(t)), Some(TokenTree::Ident(w)) if w == "use");
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !is_use,
            _ => false,
        };
        current.push(token);
        if ends {
            let item = Item {
                tokens: std::mem::take(&mut current),
                files: std::mem::take(&mut files),
            };
            if !std::mem::take(&mut for_tests) {
                items.push(item);
            }
        }
    }
    items.into_iter()
}

fn is_keyword(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word != "pub")
}

/// Whether an attribute leaves its item out of a crate that isn't built for tests.
fn is_for_tests(attribute: &str) -> bool {
    let attribute: String = attribute.split_whitespace().collect();
    attribute.starts_with("[cfg(test") || attribute.starts_with("[cfg(all(test")
}

/// The file that `path = "..."` in an attribute names, under whatever condition.
fn path_of(attribute: &str) -> Option<String> {
    let (_, value) = attribute.split_once("path = \"")?;
    Some(value.split_once('"')?.0.to_owned())
}

fn parse(file: &Path) -> TokenStream {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn file_of(directory: &Path, name: &str) -> PathBuf {
    let flat = directory.join(format!("{name}.rs"));
    if flat.exists() {
        flat
    } else {
        directory.join(name).join("mod.rs")
    }
}
