//! `setara menu desks`: what a menu may ask, list, call and have sent, desk by desk.

use std::{fmt::Write as _, process::ExitCode};

use clap::Args;

use crate::{
    menu::catalogue::{Catalogue, Given, Privacy},
    service::DESKS,
};

/// Arguments of `menu desks`.
#[derive(Debug, Args)]
pub struct DesksArgs {
    /// The desk; without one, all of them
    pub desk: Option<String>,
}

/// Runs `setara menu desks`.
pub fn run(args: &DesksArgs) -> Result<ExitCode, String> {
    let wanted = |desk: &&&Catalogue| args.desk.as_deref().is_none_or(|name| name == desk.desk);
    let desks: Vec<&&Catalogue> = DESKS.iter().filter(wanted).collect();
    if desks.is_empty() {
        let known: Vec<&str> = DESKS.iter().map(|desk| desk.desk).collect();
        return Err(format!("there is no such desk; there are {}", known.join(", ")));
    }
    for desk in desks {
        print!("{}", describe(desk));
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(desk: &Catalogue) -> String {
    let mut told = format!("desk = \"{}\"\n", desk.desk);
    for of in desk.validators {
        let words = of.wrongs.join(", ");
        line(&mut told, &format!("ask = \"{}\"", of.name), personal(of.privacy), of.longest);
        detail(&mut told, "words", &words);
    }
    for of in desk.lists {
        line(&mut told, &format!("pick = \"{}\"", of.name), personal(of.privacy), of.longest);
        detail(&mut told, "needs", &of.needs.join(", "));
    }
    for of in desk.calls {
        line(&mut told, &format!("call = \"{}\"", of.name), "", "");
        detail(&mut told, "needs", &of.needs.join(", "));
        for outcome in of.outcomes {
            detail(&mut told, &format!("on.{}", outcome.name), outcome.means);
            detail(&mut told, "  gives", &all(outcome.gives));
        }
    }
    for of in desk.sends {
        line(&mut told, &format!("[notice.{}]", of.name), "", "");
        detail(&mut told, "sent by", of.call);
        detail(&mut told, "holds", &all(of.gives));
    }
    if !desk.tells.is_empty() {
        line(&mut told, "[campaign.*]", "", "");
        detail(&mut told, "holds", &all(desk.tells));
    }
    told
}

/// What is asked, listed or called, and the widest value that comes of it.
fn line(told: &mut String, what: &str, privacy: &str, longest: &str) {
    let longest = if longest.is_empty() { String::new() } else { format!("at most {longest}") };
    // Writing into a string cannot fail.
    let _ = writeln!(told, "  {}", format!("{what:<34} {longest}{privacy}").trim_end());
}

fn detail(told: &mut String, what: &str, value: &str) {
    let _ = match (what, value) {
        ("needs" | "words" | "  gives" | "holds", "") => Ok(()),
        (_, "") => writeln!(told, "      {what}"),
        _ => writeln!(told, "      {what:<30} {value}"),
    };
}

fn all(values: &[Given]) -> String {
    values.iter().map(given).collect::<Vec<_>>().join(", ")
}

fn given(given: &Given) -> String {
    let wide = if given.longest.is_empty() {
        "rows or id".into()
    } else {
        format!("at most {}", given.longest)
    };
    format!("{} ({wide}{})", given.name, personal(given.privacy))
}

fn personal(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Open => "",
        Privacy::Personal => "; personal",
    }
}
