//! `setara verify`: looks at a certificate, without a network and without a database. What was revoked is
//! not known here.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use crate::{
    certificate::{
        Keyring, PublicKeys, Text,
        dcc::{self, Seen},
    },
    cli::told,
    clock::{self, Zone},
    config::Config,
    identity::birth,
};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A file with what was scanned (HC1:…), or - for standard input
    pub file: PathBuf,
    /// Public keys as `/keys` shows them; without it those of `[certificate] keys`
    #[arg(long, value_name = "FILE.json")]
    pub keys: Option<PathBuf>,
}

/// No text that can be verified is longer, in octets.
const LONGEST: u64 = 64 * 1024;

/// Runs `setara verify`: 0 is valid, 1 is not.
pub fn run(args: &VerifyArgs, config: &Config) -> Result<ExitCode, String> {
    let text = read(&args.file)?;
    let keys = keys(args, config)?;
    match Text::of(&text) {
        Text::Document(hc1) => match dcc::verify(hc1, &keys, clock::now()) {
            Ok(seen) => {
                show(&seen, config.menu.zone.into());
                Ok(ExitCode::SUCCESS)
            }
            Err(why) => Ok(not_valid(&why.to_string())),
        },
        Text::Unknown => Ok(not_valid("this is no certificate that we know")),
    }
}

fn not_valid(why: &str) -> ExitCode {
    println!("not valid: {why}");
    ExitCode::FAILURE
}

fn read(file: &Path) -> Result<String, String> {
    let mut octets = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(LONGEST).read_to_end(&mut octets)
    } else {
        fs::File::open(file).and_then(|file| file.take(LONGEST).read_to_end(&mut octets))
    };
    read.map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(String::from_utf8_lossy(&octets).into_owned())
}

fn keys(args: &VerifyArgs, config: &Config) -> Result<PublicKeys, String> {
    let Some(file) = &args.keys else {
        return Ok(Keyring::open_file(&config.certificate.keys).map_err(told)?.public().clone());
    };
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = fs::read_to_string(file).map_err(|error| failed(&error))?;
    PublicKeys::from_json(&text).map_err(|error| failed(&error))
}

fn show(seen: &Seen, zone: Zone) {
    let (number, whole) = seen.doses;
    println!("valid until {}", birth::show(seen.expires.date(zone)));
    println!("name        {}", seen.name());
    println!("born        {}", birth::show(seen.birth));
    println!("dose        {number} of {whole}, {}", birth::show(seen.given_on));
    println!("vaccine     {} ({})", seen.product.mp, seen.product.ma);
    println!("certificate {}", seen.id.uvci());
    println!("issued      {}, {}", birth::show(seen.issued.date(zone)), seen.authority);
    println!("key         {}", seen.kid);
}
