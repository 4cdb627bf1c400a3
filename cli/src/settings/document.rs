//! TOML with typed access. A fault has a place in the text, and names the key.

use std::ops::Range;
use strsim::jaro_winkler;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// How alike two keys must be, for a proposal; the value of clap.
const SIMILAR: f64 = 0.7;

/// A fault of the document, with its place.
#[derive(Debug)]
pub struct Fault {
    at: usize,
    text: String,
}

impl Fault {
    pub fn new(span: &Range<usize>, text: String) -> Self {
        Self {
            at: span.start,
            text,
        }
    }

    /// With the line, counted in the whole text.
    pub fn placed(self, text: &str) -> anyhow::Error {
        let before = text.as_bytes().iter().take(self.at);
        let line = 1 + before.filter(|&&byte| byte == b'\n').count();
        anyhow::anyhow!("line {line}: {}", self.text)
    }
}

/// Parses a document.
pub fn parse(text: &str) -> Result<DeTable<'_>, Fault> {
    let document = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        // The message may have several lines.
        let message = error.message().replace('\n', ", ");
        Fault::new(&span, message)
    })?;
    Ok(document.into_inner())
}

/// A table of the document.
pub struct Table<'d>(&'d DeTable<'d>);

/// A key, where it stands.
pub struct Key<'d>(&'d str, Range<usize>);

/// A value with its key.
pub struct Value<'d> {
    key: &'d str,
    value: &'d DeValue<'d>,
    span: Range<usize>,
}

impl<'d> Table<'d> {
    pub fn root(document: &'d DeTable<'d>) -> Self {
        Self(document)
    }

    pub fn entries(&self) -> impl Iterator<Item = (Key<'d>, Value<'d>)> + use<'d> {
        self.0.iter().map(|(key, value)| {
            let name = key.get_ref().as_ref();
            (Key(name, key.span()), Value::new(name, value))
        })
    }
}

impl Key<'_> {
    pub fn text(&self) -> &str {
        self.0
    }

    /// The fault that this key isn't one of those that are known.
    pub fn unknown(&self, known: &[&str]) -> Fault {
        let similar = known.iter().map(|&name| (jaro_winkler(self.0, name), name));
        let best = similar.max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = match best {
            Some((score, name)) if score > SIMILAR => format!("a similar key exists: {name}"),
            _ => format!("known keys: {}", known.join(", ")),
        };
        Fault::new(&self.1, format!("unknown key {}; {hint}", self.0))
    }
}

impl<'d> Value<'d> {
    fn new(key: &'d str, value: &'d Spanned<DeValue<'d>>) -> Self {
        Self {
            key,
            value: value.get_ref(),
            span: value.span(),
        }
    }

    pub fn fault(&self, text: impl std::fmt::Display) -> Fault {
        Fault::new(&self.span, format!("{}: {text}", self.key))
    }

    fn must_be(&self, what: &str) -> Fault {
        Fault::new(&self.span, format!("{} must be {what}", self.key))
    }

    pub fn table(&self) -> Result<Table<'d>, Fault> {
        let table = self.value.as_table();
        table.map(Table).ok_or_else(|| self.must_be("a table"))
    }

    pub fn string(&self) -> Result<&'d str, Fault> {
        self.value.as_str().ok_or_else(|| self.must_be("a string"))
    }

    pub fn bool(&self) -> Result<bool, Fault> {
        let value = self.value.as_bool();
        value.ok_or_else(|| self.must_be("true or false"))
    }

    pub fn list(&self) -> Result<Vec<Value<'d>>, Fault> {
        let list = self.value.as_array();
        let list = list.ok_or_else(|| self.must_be("a list"))?;
        Ok(list
            .iter()
            .map(|value| Value::new(self.key, value))
            .collect())
    }

    /// A number, or a text with a number.
    pub fn scalar(&self) -> Result<String, Fault> {
        if let Some(text) = self.value.as_str() {
            return Ok(text.into());
        }
        let number = self
            .value
            .as_integer()
            .filter(|number| number.radix() == 10);
        let number = number.map(|number| number.as_str().replace('_', ""));
        number.ok_or_else(|| self.must_be("a string or a number"))
    }

    /// Whether the value is a number.
    pub fn is_number(&self) -> bool {
        self.value.as_integer().is_some()
    }

    pub fn is_list(&self) -> bool {
        self.value.as_array().is_some()
    }
}
