//! Reads the specification of a test, `NAME.json` beside `NAME.wasm`: the module's input and
//! its expected outcome.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};

pub struct Specification {
    pub args: Vec<String>,
    /// The directory that is the guest's `/`.
    pub root: Option<PathBuf>,
    /// The whole environment, as `NAME=VALUE`.
    pub env: Vec<String>,
    pub exit_code: i32,
    /// Not compared if it isn't given, as `stderr`: some modules print details.
    pub stdout: Option<String>,
    pub stderr: Option<String>,
}

impl Specification {
    /// The specification of `module`. A module without a file has the defaults.
    pub fn beside(module: &Path) -> Result<Self> {
        let mut specification = Self {
            args: Vec::new(),
            root: None,
            env: Vec::new(),
            exit_code: 0,
            stdout: None,
            stderr: None,
        };
        let path = module.with_extension("json");
        if path.exists() {
            let text = std::fs::read_to_string(&path)?;
            specification
                .read(
                    &text,
                    module.parent().context("a module lies in a directory")?,
                )
                .with_context(|| path.display().to_string())?;
        }
        Ok(specification)
    }

    /// An unknown key is an error: the test may depend on it.
    fn read(&mut self, text: &str, directory: &Path) -> Result<()> {
        let json: Value = serde_json::from_str(text)?;
        for (key, value) in json.as_object().context("not an object")? {
            match key.as_str() {
                "args" => {
                    let args = value.as_array().context("args")?;
                    self.args = args.iter().map(string).collect::<Result<_>>()?;
                }
                "root" => self.root = Some(directory.join(string(value)?)),
                "env" => {
                    let variables = value.as_object().context("env")?;
                    self.env = variables
                        .iter()
                        .map(|(name, value)| Ok(format!("{name}={}", string(value)?)))
                        .collect::<Result<_>>()?;
                }
                "exit_code" => {
                    let code = value.as_i64().context("exit_code")?;
                    self.exit_code = i32::try_from(code)?;
                }
                "stdout" => self.stdout = Some(string(value)?),
                "stderr" => self.stderr = Some(string(value)?),
                other => bail!("unknown key {other}"),
            }
        }
        Ok(())
    }
}

fn string(value: &Value) -> Result<String> {
    let text = value
        .as_str()
        .with_context(|| format!("{value} is no string"))?;
    Ok(text.to_string())
}
