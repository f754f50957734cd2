//! `setara vault`: the keys that seal personal data, changed while gateways run. A new key opens on every
//! node before it seals on any; then all rows are sealed anew; then the old key can go.

use std::{collections::BTreeMap, process::ExitCode, time::Instant};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    cli::{
        nodes::{self, PATIENCE},
        told,
    },
    config::Config,
    store::{
        Store, StoreOptions,
        reseal::{NodeRing, SEALED, ToldRing},
    },
    vault::{RingStep, Vault},
};

/// What can be done with the keys of the vault.
#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    /// Show the keys, the rows that each has sealed, and which nodes have them
    List,
    /// Draw a new key, or go on with one that was drawn and has sealed nothing yet; have every running node
    /// seal with it, and seal all rows anew
    Rotate,
    /// Draw a new key that only opens: for nodes on several machines, whose key file is copied next
    Add,
    /// Seal with a key from now on; refused until every running node opens with it
    Use(KeyArgs),
    /// Seal all rows anew that another key sealed; broken off, it goes on where rows are left
    Reseal,
    /// Throw a key away; refused while a row is sealed with it
    Drop(KeyArgs),
}

/// A key.
#[derive(Debug, Args)]
pub struct KeyArgs {
    /// Its id, as `list` shows it
    pub id: u8,
}

/// Rows that are sealed anew in one transaction; turns go on between two of them.
const ROWS: u32 = 200;

/// Runs `setara vault`.
pub fn run(command: VaultCommand, config: &Config) -> Result<ExitCode, String> {
    tokio::runtime::Runtime::new().map_err(told)?.block_on(async {
        let vault = Vault::open_file(&config.vault.key_file).map_err(told)?;
        let options = StoreOptions::default();
        let store = Store::open(&config.database.url, vault.clone(), options).await;
        let desk = Desk { config, store: store.map_err(told)?, vault };
        let done = desk.obey(command).await;
        desk.store.close().await;
        done.map(|()| ExitCode::SUCCESS)
    })
}

struct Desk<'a> {
    config: &'a Config,
    store: Store,
    vault: Vault,
}

impl Desk<'_> {
    async fn obey(&self, command: VaultCommand) -> Result<(), String> {
        match command {
            VaultCommand::List => self.list().await,
            VaultCommand::Rotate => {
                let id = match self.unused().await? {
                    Some(id) => id,
                    None => self.step(RingStep::Add)?,
                };
                self.take_in_use(id).await?;
                self.wait(|ring| ring.seals == id, "seals with it", "`vault reseal`").await?;
                self.reseal().await
            }
            VaultCommand::Add => {
                let id = self.step(RingStep::Add)?;
                eprintln!("key {id} opens; copy the file to every machine, then `vault use {id}`");
                Ok(())
            }
            VaultCommand::Use(KeyArgs { id }) => self.take_in_use(id).await,
            VaultCommand::Reseal => {
                let id = self.vault.seals_with();
                self.wait(|ring| ring.seals == id, "seals with it", "`vault reseal`").await?;
                self.reseal().await
            }
            VaultCommand::Drop(KeyArgs { id }) => self.throw_away(id).await,
        }
    }

    /// Changes the key file, and has this process go on with it.
    fn step(&self, step: RingStep) -> Result<u8, String> {
        let file = &self.config.vault.key_file;
        let id = Vault::step_file(file, step).map_err(told)?;
        let newer = Vault::open_file(file).map_err(told)?;
        self.vault.renew(&newer).map_err(told)?;
        Ok(id)
    }

    /// The newest key, where it was never used: a rotation that did not get further is gone on with. One
    /// that was given up may be known to somebody, whether or not a row is left of it.
    async fn unused(&self) -> Result<Option<u8>, String> {
        let drawn = Vault::drawn_key(&self.config.vault.key_file).map_err(told)?;
        let Some(newest) = drawn else { return Ok(None) };
        let by = self.store.sealed_by().await.map_err(told)?;
        if by.contains_key(&newest) {
            return Ok(None);
        }
        eprintln!("key {newest} has sealed nothing yet: going on with it");
        Ok(Some(newest))
    }

    async fn take_in_use(&self, id: u8) -> Result<(), String> {
        if !self.vault.opens_with().contains(&id) {
            return Err(format!("key {id} is not in the key file"));
        }
        let then = format!("`vault use {id}`");
        self.wait(|ring| ring.opens.contains(&id), "opens with it", &then).await?;
        self.step(RingStep::Use(id))?;
        eprintln!("key {id} seals from now on");
        Ok(())
    }

    async fn wait(
        &self,
        done: impl Fn(&NodeRing) -> bool,
        what: &str,
        then: &str,
    ) -> Result<(), String> {
        nodes::wait(&self.store, PATIENCE, done).await.map_err(|late| late.told(what, then))
    }

    async fn reseal(&self) -> Result<(), String> {
        let present = self.vault.seals_with();
        let by = self.store.sealed_by().await.map_err(told)?;
        let rows: u64 = by.values().flatten().filter(|(of, _)| !is_log(of)).map(|(_, n)| n).sum();
        let bar = ProgressBar::new(rows);
        let template = "{msg} {bar:30} {human_pos}/{human_len} rows, {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let (began, mut sealed) = (Instant::now(), 0);
        for of in SEALED {
            bar.set_message(of.name());
            let mut after = None;
            loop {
                let piece = Instant::now();
                let done = self.store.reseal(of, after.as_deref(), ROWS).await.map_err(told)?;
                sealed += done.sealed;
                bar.inc(done.seen);
                after = done.after;
                if after.is_none() {
                    break;
                }
                // Turns have the database for half of the time at least.
                if done.sealed > 0 {
                    tokio::time::sleep(piece.elapsed()).await;
                }
            }
        }
        self.store.reseal_proof().await.map_err(told)?;
        bar.finish_and_clear();
        let took = began.elapsed().as_secs_f64();
        eprintln!("{sealed} of {rows} rows are sealed anew with key {present}, in {took:.1} s");
        Ok(())
    }

    async fn throw_away(&self, id: u8) -> Result<(), String> {
        let then = format!("`vault drop {id}`");
        self.wait(|ring| ring.seals != id, "seals with another", &then).await?;
        let by = self.store.sealed_by().await.map_err(told)?;
        if let Some(needed) = by.get(&id).and_then(|rows| needed(id, rows)) {
            return Err(needed);
        }
        self.store.reseal_proof().await.map_err(told)?;
        self.step(RingStep::Drop(id))?;
        eprintln!("key {id} is gone; keep it with the backups that it is needed for");
        Ok(())
    }

    async fn list(&self) -> Result<(), String> {
        let by = self.store.sealed_by().await.map_err(told)?;
        let present = self.vault.seals_with();
        for id in self.vault.opens_with() {
            let does = if id == present { "seals" } else { "opens" };
            let rows = by.get(&id).map_or(0, |rows| rows.values().sum::<u64>());
            println!("key {id:<3} {does} {rows} rows");
        }
        for ToldRing { ring, at } in self.store.rings().await.map_err(told)? {
            let NodeRing { node, seals, opens, .. } = ring;
            println!("node {node} seals with {seals}, opens with {opens:?}; {}", at.to_rfc3339());
        }
        Ok(())
    }
}

/// Why a key cannot go, by the rows that it sealed: what can be done about comes before what cannot.
fn needed(id: u8, rows: &BTreeMap<String, u64>) -> Option<String> {
    if let Some((of, rows)) = rows.iter().find(|(of, _)| !is_log(of)) {
        return Some(format!("key {id} sealed {rows} rows of {of}; `setara vault reseal` first"));
    }
    let (of, rows) = rows.iter().next()?;
    Some(format!(
        "key {id} sealed {rows} values of the audit log ({of}), whose chain is over what is sealed: it \
         is kept for as long as the log, and opens only"
    ))
}

fn is_log(of: &str) -> bool {
    of.starts_with("audit.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_done_about_is_told_first() {
        let rows = |of: &[(&str, u64)]| of.iter().map(|(of, n)| ((*of).to_owned(), *n)).collect();
        assert_eq!(needed(1, &rows(&[])), None);
        let log = needed(1, &rows(&[("audit.new", 7)])).unwrap();
        assert!(log.contains("as long as the log"), "{log}");
        let both = needed(1, &rows(&[("audit.new", 7), ("person.identity", 2)])).unwrap();
        assert!(both.contains("2 rows of person.identity; `setara vault reseal` first"), "{both}");
    }
}
