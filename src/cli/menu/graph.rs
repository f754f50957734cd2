//! `setara menu graph`: a menu to look at.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, ValueEnum};

use crate::{
    cli::menu::one,
    config::Config,
    menu::{
        graph::{Graph, mermaid, svg},
        language::Language,
        model::Menu,
    },
};

/// Arguments of `menu graph`.
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The folder of the service; without it, the first of the configuration
    pub folder: Option<PathBuf>,
    /// How to draw it
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    pub format: Format,
    /// The language of the texts; without it, the menu's first
    #[arg(long)]
    pub language: Option<String>,
    /// Only what is reached from this screen, and what that leads to
    #[arg(long, value_name = "SCREEN")]
    pub from: Option<String>,
    /// In how many steps it is reached; screens and calls are counted
    #[arg(long, default_value_t = 4, requires = "from")]
    pub steps: usize,
}

/// How a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The text of a Mermaid flowchart
    Mermaid,
    /// A picture
    Svg,
}

/// Runs `setara menu graph`: the drawing goes to standard output.
pub fn run(args: &GraphArgs, config: &Config) -> Result<ExitCode, String> {
    let (_, menu) = one(args.folder.as_deref(), config)?;
    let language = one_language(&menu, args.language.as_deref())?;
    let mut graph = Graph::of(&menu, &language);
    if let Some(from) = &args.from {
        let at = graph.boxes.iter().position(|node| node.id == *from);
        let at = at.ok_or_else(|| format!("the menu has no screen `{from}`"))?;
        graph = graph.part(at, args.steps);
    }
    let drawn = match args.format {
        Format::Mermaid => mermaid::draw(&graph),
        Format::Svg => svg::draw(&graph),
    };
    print!("{drawn}");
    if args.format == Format::Mermaid && !mermaid::is_small(&drawn) {
        eprintln!(
            "this is more than Mermaid draws by default: draw a part (`--from SCREEN --steps 4`), or a \
             picture (`--format svg`)"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The language asked for, if the menu speaks it; its first, if none was.
pub(super) fn one_language(menu: &Menu, wanted: Option<&str>) -> Result<Language, String> {
    let Some(code) = wanted else { return Ok(menu.language(None).clone()) };
    let known = menu.languages().iter().find(|language| language.as_str() == code);
    known.cloned().ok_or_else(|| format!("the menu does not speak `{code}`"))
}
