//! `setara menu play`: a menu on a phone in the terminal, against the real engine.

use std::{
    io::{BufRead, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;

use crate::{
    app::{Alone, AloneError, Keyed, Line},
    cli::{
        menu::{graph::one_language, one, phone, rehearsal::Rehearsal},
        told,
    },
    clock,
    config::Config,
    conversation::{End, Then},
    identity::Msisdn,
    menu::model::{Act, Screen},
    outbox::route::WHATSAPP,
    service::sample::{self, Case},
};

/// Arguments of `menu play`.
#[derive(Debug, Args)]
pub struct PlayArgs {
    /// The folder of the service; without it, the first of the configuration
    pub folder: Option<PathBuf>,
    /// The dialect or provider of the configuration that gives the room and the alphabet; `sms` writes
    /// texts to the short code, and `whatsapp` a chat that is bound to the phone
    #[arg(long, default_value = "plain")]
    pub profile: String,
    /// The language spoken at first; without it, the menu's first
    #[arg(long)]
    pub language: Option<String>,
    /// The number of the phone
    #[arg(long, default_value = sample::READY.phone)]
    pub phone: String,
}

/// People of the sample who can be typed, and what is to be seen with them.
const PEOPLE: [(Case, &str); 8] = [
    (sample::READY, "can register"),
    (sample::LATER, "the turn comes later"),
    (sample::BLOCKED, "as if not in the record"),
    (sample::NO_DATE, "a dose without its date"),
    (sample::NO_CERTIFICATE, "a dose, no certificate"),
    (sample::HALFWAY, "the second dose is due"),
    (sample::COMPLETE, "two doses"),
    (sample::BOOSTED, "two doses and a booster"),
];

/// Runs `setara menu play` until the input ends. The database is gone afterwards.
pub fn run(args: &PlayArgs, config: &Config) -> Result<ExitCode, String> {
    let (folder, menu) = one(args.folder.as_deref(), config)?;
    let language = one_language(&menu, args.language.as_deref())?;
    let number = Msisdn::parse(&args.phone).map_err(|_| "--phone is not a phone number")?;
    let first = |of: &[String]| of.first().cloned().unwrap_or_default();
    let keyword = || Keyed::Text(first(menu.keywords()).to_uppercase());
    let (line, opens) = match args.profile.as_str() {
        "sms" => (Line::texts(number.clone()), keyword()),
        WHATSAPP => (Line::chat(number.clone()), keyword()),
        profile => {
            let none = || format!("there is no dialect or provider `{profile}`");
            let room = config.room(profile).ok_or_else(none)?;
            (Line::new(number.clone(), room), Keyed::Dial(first(menu.dial())))
        }
    };
    let mut config = config.clone();
    config.menu.folders = vec![folder];
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    runtime.block_on(async {
        let rehearsal = Rehearsal::open(&config).await.map_err(told)?;
        if args.language.is_some() {
            rehearsal.speak(&number, language.as_str()).await.map_err(told)?;
        }
        let alone = rehearsal.start().await.map_err(told)?;
        if menu.screens().iter().any(asks_for_a_nik) {
            introduce();
        }
        match opens {
            Keyed::Text(_) => println!("Type texts. q leaves.\n"),
            _ => println!("Type answers. q hangs up; then Enter or *…# dials, and q leaves.\n"),
        }
        let input = std::io::stdin().lock();
        let played = Play { alone: &alone, line, opens, turns: 0, open: false }.run(input).await;
        alone.stop().await;
        played.map(|()| ExitCode::SUCCESS)
    })
}

fn introduce() {
    println!("People who can be typed (nobody of them exists):");
    for (Case { nik, name, birth, .. }, what) in PEOPLE {
        println!("  {nik}  {name:24} {birth}  {what}");
    }
}

fn asks_for_a_nik(screen: &Screen) -> bool {
    matches!(&screen.act, Act::Ask { validator, .. } if validator.name == "nik")
}

/// A phone in somebody's hand.
struct Play<'a> {
    alone: &'a Alone,
    line: Line,
    /// What opens the service: a dial string, or a text.
    opens: Keyed,
    turns: usize,
    open: bool,
}

impl Play<'_> {
    /// Opens the service, then does what is typed, until the input ends.
    async fn run(mut self, input: impl BufRead) -> Result<(), String> {
        let writes = matches!(self.opens, Keyed::Text(_));
        self.open().await?;
        let mut input = input.lines();
        loop {
            let prompt = match (writes, self.open) {
                (true, _) => "text> ",
                (false, true) => "> ",
                (false, false) => "dial> ",
            };
            print!("{prompt}");
            std::io::stdout().flush().map_err(told)?;
            // The end of the input is the end of the call.
            let typed = input.next().transpose().map_err(told)?;
            let Some(typed) = typed else {
                println!();
                return if writes { Ok(()) } else { self.hang_up().await };
            };
            if !std::io::stdin().is_terminal() {
                // Nobody sees what a pipe types.
                println!("{typed}");
            }
            match typed.trim() {
                "q" if writes || !self.open => return Ok(()),
                "q" => self.hang_up().await?,
                text if writes => self.turn(Keyed::Text(text.to_owned())).await?,
                answer if self.open => self.turn(Keyed::Answer(answer.to_owned())).await?,
                "" => self.open().await?,
                string => self.dial(string.to_owned()).await?,
            }
        }
    }

    async fn open(&mut self) -> Result<(), String> {
        if let Keyed::Dial(string) | Keyed::Text(string) = &self.opens {
            println!("{string}");
        }
        self.turn(self.opens.clone()).await
    }

    async fn dial(&mut self, string: String) -> Result<(), String> {
        println!("{string}");
        self.turn(Keyed::Dial(string)).await
    }

    async fn hang_up(&mut self) -> Result<(), String> {
        if self.open {
            self.turn(Keyed::End(End::UserAbort)).await?;
            self.open = false;
        }
        Ok(())
    }

    async fn turn(&mut self, keyed: Keyed) -> Result<(), String> {
        self.turns += 1;
        match self.alone.turn(&self.line, keyed, self.turns, clock::now()).await {
            Ok(Some(reply)) => {
                print!("{}", phone::draw(&reply.text));
                self.open = reply.then == Then::Wait;
                if !self.open && !matches!(self.opens, Keyed::Text(_)) {
                    println!("(the session is over)");
                }
            }
            Ok(None) => {}
            Err(AloneError::NoSuchCode) => println!("no service is dialled like this"),
            Err(error) => return Err(told(error)),
        }
        Ok(())
    }
}
