//! Programs that have rights which whoever starts them lacks: set-user-ID and set-group-ID
//! files, and files with capabilities (`setcap`).
//!
//! Invariant: the caller of such a program doesn't choose its grants. A relative HOST is
//! refused, since the caller chooses the current directory, and so are a HOST below a place, since
//! the caller chooses `HOME`, and an optional HOST. So is an environment that is passed through as a
//! whole. A variable that is passed by its name is allowed: like the
//! arguments, it is input that whoever built the program asked for, and only the guest reads it.

use super::Refusal;
use super::grants::grants;
use crate::manifest::Manifest;
use wasi_aot_contract::manifest::Record;

/// Refuses the whole environment of the caller of a `privileged` program.
///
/// # Errors
/// The reason why the program can't start.
pub fn check_environment(privileged: bool, manifest: &Manifest) -> Result<(), &'static str> {
    if privileged && manifest.inherits_environment {
        return Err(
            "this program runs with more rights than its caller (set-user-ID, set-group-ID or \
             capabilities), whose environment --inherit-env passes; build with --env NAME \
             for those that it needs",
        );
    }
    Ok(())
}

/// Refuses directories and files that the caller of a `privileged` program would choose.
///
/// # Errors
/// The reason why the program can't start.
pub fn check_directories(privileged: bool, manifest: &Manifest) -> Result<(), Refusal> {
    let is_callers = |record: Record<'_>| match record {
        Record::ArgFiles { .. } => true,
        Record::File { host, .. } => !host.starts_with(b"/"),
        _ => false,
    };
    if privileged && manifest.records().any(is_callers) {
        return Err(Refusal::CallersFiles);
    }
    let mut relative = grants(manifest).filter(|grant| !grant.host.starts_with(b"/"));
    match relative.next() {
        Some(grant) if privileged => Err(Refusal::CallersDirectory(grant)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasi::fixture;
    use std::string::ToString;
    use wasi_aot_contract::manifest::Access;

    fn dir(host: &str) -> Record<'_> {
        Record::Dir {
            access: Access::ReadOnly,
            host: host.as_bytes(),
            guest: b"/data",
        }
    }

    #[test]
    fn what_the_caller_would_choose_is_refused() {
        let pass = Record::EnvPass { name: b"TZ" };
        let access = Access::ReadOnly;
        let arg_files = Record::ArgFiles { access };
        let file = |host: &'static str| Record::File {
            access,
            host: host.as_bytes(),
            guest: b"",
        };
        for (records, privileged, says) in [
            (&[dir("/srv"), pass][..], true, ""),
            (&[dir("/srv"), dir("data")], true, "--dir-ro data::/data"),
            (&[dir("."), Record::EnvInherit], false, ""),
            (&[Record::EnvInherit], true, "--inherit-env"),
            (&[arg_files], true, "--arg-files"),
            (&[arg_files], false, ""),
            (&[file("/etc/hosts")], true, ""),
            (&[file("hosts")], true, "--file with a relative path"),
            (&[dir("@home")], true, "--dir-ro @home::/data"),
            (&[dir("?/srv")], true, "--dir-ro ?/srv::/data"),
            (&[dir("@exe"), dir("?@config/x")], false, ""),
            (
                &[file("?@home/.netrc")],
                true,
                "--file with a relative path",
            ),
        ] {
            let manifest = fixture::manifest(records);
            let directories = check_directories(privileged, manifest);
            let directories = directories.map_err(|refusal| refusal.to_string());
            let environment = check_environment(privileged, manifest).map_err(str::to_string);
            match directories.and(environment) {
                Ok(()) => assert_eq!(says, ""),
                Err(why) => assert!(!says.is_empty() && why.contains(says), "{why}"),
            }
        }
    }
}
