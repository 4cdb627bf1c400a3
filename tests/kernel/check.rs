//! A check as data: a program, the examined property, and the expectation. The guest `machine`
//! reads it as a line of its plan.

use serde_json::{Value, json};

/// An executable of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Program {
    /// A guest of the tests, or a module of [`crate::modules`].
    pub guest: &'static str,
    /// Whether Go builds a native program.
    pub native: bool,
    /// The flags of wasi-aot; a native program has none.
    pub flags: &'static [&'static str],
}

impl Program {
    fn native(guest: &'static str) -> Self {
        Self {
            guest,
            native: true,
            flags: &[],
        }
    }

    /// Its path on the machine.
    pub fn path(&self) -> String {
        let kind = if self.native { "native" } else { "ours" };
        let flags = self.flags.concat().replace(['/', ' '], "_");
        format!("/bin/{}-{kind}{flags}", self.guest)
    }
}

/// What a check looks at; see the guest `machine`.
#[derive(Debug, Clone, Copy)]
enum Look {
    Run,
    /// Compares with the native guest.
    Same,
    /// Counts the filters around the program.
    Fenced(u32),
    /// The native guest `client` plays this scenario with the server at this address.
    Serves(&'static str, &'static str),
    /// Finds the program in this system call.
    Sleeps(u32),
}

/// A check. By default the program must end with exit code 0.
#[derive(Debug, Clone)]
pub struct Check {
    pub name: String,
    look: Look,
    program: Program,
    args: Vec<String>,
    /// System calls from this number on fail with this errno.
    lacking: Option<(u32, i32)>,
    without: Option<&'static str>,
    exit: i32,
    signal: i32,
    stdout: &'static str,
    stderr: &'static str,
    last: Option<i32>,
}

impl Check {
    /// Runs `guest`, built with `flags`.
    pub fn run(
        name: impl Into<String>,
        guest: &'static str,
        flags: &'static [&'static str],
        args: &[&str],
    ) -> Self {
        Self {
            name: name.into(),
            look: Look::Run,
            program: Program {
                guest,
                native: false,
                flags,
            },
            args: args.iter().map(ToString::to_string).collect(),
            lacking: None,
            without: None,
            exit: 0,
            signal: 0,
            stdout: "",
            stderr: "",
            last: None,
        }
    }

    /// It must end and write to standard output as the native guest does.
    pub fn as_native(mut self) -> Self {
        self.look = Look::Same;
        self
    }

    /// It must have this many filters around it while it waits for lines.
    pub fn fenced(mut self, filters: u32) -> Self {
        self.look = Look::Fenced(filters);
        self
    }

    /// It must serve the guest `client`.
    pub fn serves(mut self, scenario: &'static str, address: &'static str) -> Self {
        self.look = Look::Serves(scenario, address);
        self
    }

    /// It must stay in this system call.
    pub fn sleeps(mut self, call: u32) -> Self {
        self.look = Look::Sleeps(call);
        self
    }

    pub fn exits(mut self, exit: i32) -> Self {
        self.exit = exit;
        self
    }

    pub fn dies_by(mut self, signal: i32) -> Self {
        self.signal = signal;
        self
    }

    /// Its output must contain these texts.
    pub fn says(mut self, stdout: &'static str, stderr: &'static str) -> Self {
        (self.stdout, self.stderr) = (stdout, stderr);
        self
    }

    /// The last line is this negative number, or for 0 any other number.
    pub fn says_last(mut self, number: i32) -> Self {
        self.last = Some(number);
        self
    }

    /// The corrupted runtime must leave out this layer.
    pub fn without(mut self, layer: Option<&'static str>) -> Self {
        self.without = layer;
        self
    }

    /// System calls from number `from` on fail with `errno`: ENOSYS or EPERM.
    pub fn lacking(mut self, from: u32, errno: i32) -> Self {
        self.lacking = Some((from, errno));
        let errno = if errno == libc::ENOSYS {
            "ENOSYS"
        } else {
            "EPERM"
        };
        self.name = format!("{}, {errno} from call {from} on", self.name);
        self
    }

    /// All programs that the machine needs for the check.
    pub fn programs(&self) -> impl Iterator<Item = Program> {
        [Some(self.program), self.native()].into_iter().flatten()
    }

    fn native(&self) -> Option<Program> {
        match self.look {
            Look::Serves(..) => Some(Program::native("client")),
            Look::Same => Some(Program::native(self.program.guest)),
            Look::Run | Look::Fenced(_) | Look::Sleeps(_) => None,
        }
    }

    /// A line of the plan.
    pub fn to_json(&self) -> Value {
        let mut program = vec![self.program.path()];
        program.extend(self.args.iter().cloned());
        if let Some((from, errno)) = self.lacking {
            let prefix = ["/init".into(), "lacking".into(), from.to_string()];
            program.splice(0..0, prefix.into_iter().chain([errno.to_string()]));
        }
        let (kind, number) = match self.look {
            Look::Run => ("run", 0),
            Look::Same => ("same", 0),
            Look::Fenced(filters) => ("fenced", filters),
            Look::Serves(..) => ("serves", 0),
            Look::Sleeps(call) => ("sleeps", call),
        };
        let mut native: Vec<_> = self.native().map(|p| p.path()).into_iter().collect();
        match self.look {
            Look::Serves(scenario, address) => native.extend([scenario.into(), address.into()]),
            _ => native.extend(self.args.iter().cloned()),
        }
        let env = self
            .without
            .map(|layer| format!("WASI_AOT_WITHOUT={layer}"));
        json!({
            "Name": self.name,
            "Kind": kind,
            "Program": program,
            "Native": native,
            "Env": env.as_slice(),
            "Exit": self.exit,
            "Signal": self.signal,
            "Stdout": self.stdout,
            "Stderr": self.stderr,
            "Last": self.last,
            "Number": number,
        })
    }
}
