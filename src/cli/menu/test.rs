//! `setara menu test`: conversation files, replayed.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use crate::{
    cli::{
        menu::rehearsal::{Beginning, Rehearsal, RehearsalError, Seen, replay},
        told,
    },
    config::Config,
    menu::story::{Story, Witness, rewrite},
};

/// Arguments of `menu test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Conversation files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Write what is really shown into the files, to be read before it is committed
    #[arg(long)]
    pub update: bool,
    /// The dialect or provider of the configuration whose alphabet is used; the room is the smallest
    /// of any
    #[arg(long, default_value = "plain")]
    pub profile: String,
}

/// Runs `setara menu test`. Fails if any screen differs.
pub fn run(args: &TestArgs, config: &Config) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    let beginning = runtime.block_on(beginning(config)).map_err(told)?;
    let mut wrong = 0;
    for path in &args.files {
        match runtime.block_on(test(path, args, &beginning)) {
            Ok(None) => println!("ok    {}", path.display()),
            Ok(Some(differences)) => {
                wrong += 1;
                println!("WRONG {}\n{differences}", path.display());
            }
            Err(message) => {
                wrong += 1;
                println!("WRONG {}\n{message}", path.display());
            }
        }
    }
    println!("{} files, {wrong} wrong", args.files.len());
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every file begins with the same people: they are brought in once.
async fn beginning(config: &Config) -> Result<Beginning, RehearsalError> {
    Ok(Rehearsal::open(config).await?.narrow().beginning()?)
}

/// Replays one file on a fresh database; what differs, if anything does.
async fn test(path: &Path, args: &TestArgs, begin: &Beginning) -> Result<Option<String>, String> {
    let text = std::fs::read_to_string(path).map_err(told)?;
    let rehearsal = begin.again(None).map_err(told)?;
    let story = rehearsal.story(&text).map_err(told)?;
    let seen = replay(&rehearsal, &args.profile, &story).await.map_err(told)?;
    if args.update {
        let written = rewrite(&text, &seen);
        if written != text {
            std::fs::write(path, written).map_err(told)?;
        }
        return Ok(None);
    }
    Ok(differences(&story, &seen))
}

/// Every screen that is not as the story says, or `None`.
pub fn differences(story: &Story, seen: &Seen) -> Option<String> {
    let mut witness = Witness::default();
    let shown = story.steps.iter().filter(|step| step.act.shows());
    let wrong: Vec<String> = shown
        .zip(seen)
        .filter_map(|(step, (_, screen, session))| witness.look(step, screen, *session))
        .collect();
    (!wrong.is_empty()).then(|| wrong.join("\n"))
}
