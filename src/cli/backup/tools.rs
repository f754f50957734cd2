//! PostgreSQL's own tools, `pg_dump` and `pg_restore`. They speak with the server as it is today, and
//! a format of ours would have to be learnt again with each version of it.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use indicatif::ProgressBar;

use super::folder::{Poured, create, failed, pour};
use crate::store::backup::{Held, Server};

/// Writes a dump of what is held.
pub fn dump(server: &Server, held: &Held, to: &Path, bar: &ProgressBar) -> Result<Poured, String> {
    let snapshot = format!("--snapshot={}", held.name);
    // What is sealed does not get smaller.
    let arguments = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges", &snapshot];
    let mut tool = start("pg_dump", server, &arguments, Stdio::null(), Stdio::piped())?;
    let mut file = create(to)?;
    let poured = match tool.stdout.take() {
        Some(mut stdout) => pour(&mut stdout, &mut file, bar).map_err(failed(to)),
        None => Err("pg_dump cannot be heard".to_owned()),
    };
    end("pg_dump", tool)?;
    file.sync_all().map_err(failed(to))?;
    poured
}

/// Fills an empty database from a dump: with all of it, or with nothing.
pub fn fill(server: &Server, from: &Path, bar: &ProgressBar) -> Result<(), String> {
    let mut dump = File::open(from).map_err(failed(from))?;
    let database = server.environment().into_iter().find(|(name, _)| *name == "PGDATABASE");
    let database = format!("--dbname={}", database.map(|(_, name)| name).unwrap_or_default());
    let arguments = [
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        database.as_str(),
    ];
    let mut tool = start("pg_restore", server, &arguments, Stdio::piped(), Stdio::null())?;
    let poured = match tool.stdin.take() {
        Some(mut stdin) => pour(&mut dump, &mut stdin, bar),
        None => Err(io::ErrorKind::BrokenPipe.into()),
    };
    // What the tool says of itself tells more than that it listened no longer.
    end("pg_restore", tool)?;
    poured.map(drop).map_err(failed(from))
}

fn start(
    tool: &str,
    server: &Server,
    arguments: &[impl AsRef<OsStr>],
    stdin: Stdio,
    stdout: Stdio,
) -> Result<Child, String> {
    let mut command = Command::new(tool);
    command.args(arguments).envs(server.environment()).env("PGAPPNAME", "setara backup");
    let child = command.stdin(stdin).stdout(stdout).stderr(Stdio::piped()).spawn();
    child.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!(
            "{tool} is not installed, or not where programs are looked for (PATH): a database of \
             PostgreSQL is copied by its own tools, of the server's version or later (in Debian: \
             postgresql-client)"
        ),
        _ => format!("{tool}: {error}"),
    })
}

/// Waits for its end. It has closed its other ends by then, or does so now.
fn end(tool: &str, mut child: Child) -> Result<(), String> {
    drop((child.stdin.take(), child.stdout.take()));
    let mut said = String::new();
    if let Some(stderr) = child.stderr.take() {
        // Bounded, should it never stop complaining.
        let _ = stderr.take(4096).read_to_string(&mut said);
    }
    match child.wait() {
        Ok(status) if ExitStatus::success(&status) => Ok(()),
        Ok(status) => Err(format!("{tool} failed ({status}): {}", said.trim())),
        Err(error) => Err(format!("{tool}: {error}")),
    }
}
