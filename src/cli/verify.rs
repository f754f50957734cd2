//! `setara verify`: looks at a certificate, without a network and without a database. What was revoked is
//! not known here.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use jiff::civil::Date;

use crate::{
    certificate::{
        Keyring, PublicKeys,
        dcc::{self, Seen},
        proof::Proof,
        text::{self, Claims, Verdict},
    },
    cli::told,
    clock::{self, Zone},
    config::Config,
    identity::birth,
};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A file with what was scanned (HC1:…) or with the words of an SMS, or - for standard input
    pub file: PathBuf,
    /// Public keys as `/keys` shows them; without it those of `[certificate] keys`
    #[arg(long, value_name = "FILE.json")]
    pub keys: Option<PathBuf>,
    /// The year in which its holder was born: whether it fits. An SMS does not tell it
    #[arg(long, value_name = "YEAR")]
    pub born: Option<i16>,
}

/// No text that can be verified is longer, in octets.
const LONGEST: u64 = 64 * 1024;

/// Runs `setara verify`: 0 is valid, 1 is not, 2 cannot be said.
pub fn run(args: &VerifyArgs, config: &Config) -> Result<ExitCode, String> {
    let text = read(&args.file)?;
    let keys = keys(args, config)?;
    match Proof::parse(&text) {
        Ok(Proof::Document(hc1)) => match dcc::verify(&hc1, &keys, clock::now()) {
            Ok(seen) if !fits(args, seen.birth) => Ok(not_valid(OTHER_YEAR)),
            Ok(seen) => {
                show(&seen, config.menu.zone.into());
                Ok(ExitCode::SUCCESS)
            }
            Err(why) if why.is_unreadable() => Ok(unreadable(&why.to_string())),
            Err(why) => Ok(not_valid(&why.to_string())),
        },
        Ok(Proof::Text(words)) => {
            let today = clock::now().date(config.menu.zone.into());
            match text::verify(&words, &keys, today) {
                Verdict::Valid(claims) if !fits(args, claims.birth) => Ok(not_valid(OTHER_YEAR)),
                Verdict::Valid(claims) => {
                    show_short(&claims, args.born);
                    Ok(ExitCode::SUCCESS)
                }
                Verdict::Expired(_) => Ok(not_valid("it has expired")),
                Verdict::UnknownKey => Ok(unreadable("the key that signed it is not known")),
                Verdict::Forged => Ok(not_valid("the signature is wrong")),
                Verdict::NoCertificate => Ok(unreadable(UNKNOWN)),
            }
        }
        Ok(Proof::Code { .. }) => {
            Err("a short code is looked up in the record: ask /verify, or *Periksa sertifikat*"
                .into())
        }
        Err(_) => Ok(unreadable(UNKNOWN)),
    }
}

const UNKNOWN: &str = "this is no certificate that we know";
const OTHER_YEAR: &str = "its holder was born in another year";

fn fits(args: &VerifyArgs, birth: Date) -> bool {
    args.born.is_none_or(|year| year == birth.year())
}

fn not_valid(why: &str) -> ExitCode {
    println!("not valid: {why}");
    ExitCode::FAILURE
}

/// It is damaged, or none that can be checked with these keys: nothing is known of it.
fn unreadable(why: &str) -> ExitCode {
    println!("cannot be checked: {why}");
    ExitCode::from(2)
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

/// As little as will do: an SMS names nobody, and whoever checks is asked for the year and not told it.
fn show_short(claims: &Claims, born: Option<i16>) {
    println!("valid until {}", birth::show(claims.good_until));
    if born.is_some() {
        println!("born        that year");
    }
    println!("dose        {}, {}", claims.dose, birth::show(claims.given_on));
    println!("vaccine     {}", claims.vaccine());
    println!("serial      {}", claims.serial);
}
